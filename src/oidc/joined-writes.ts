import { errors, type KoaContextWithOIDC, Provider } from 'oidc-provider';
import { leave } from './answers.ts';

/** On the context of a request. */
const joined = Symbol('joined');
type Joining = KoaContextWithOIDC & { [joined]?: Joined };

interface Joined {
  readonly writes: Promise<unknown>[];
  readonly uses: Use[];
}

/** That what works once was used: `lost` says what follows when another request was first. */
interface Use {
  readonly isFirst: Promise<boolean>;
  readonly lost: () => Promise<void>;
}

/** Where nobody knows what is written before the answer, and nothing of it is read again for that. */
const joining: ReadonlySet<string> = new Set(['token', 'authorization', 'resume']);

function joinedIn(ctx: Joining | undefined): Joined | undefined {
  if (ctx === undefined || !joining.has(ctx.oidc?.route ?? '')) return undefined;
  return (ctx[joined] ??= { writes: [], uses: [] });
}

/**
 * What one answer gives (a grant, a code, a session, tokens) is written beside each other, in one transaction where the
 * engine groups them, instead of one after the other: nobody knows it before the answer, which waits for all
 * (`writesDone`). Elsewhere: waits here.
 */
export async function joinWrite(write: Promise<unknown>): Promise<void> {
  const others = joinedIn(Provider.ctx);
  if (others === undefined) return void (await write);
  // Its failure is told by `writesDone`.
  write.catch(() => undefined);
  others.writes.push(write);
}

/**
 * At the token endpoint a code or token is used up together with what is given for it: whoever was not first gets no
 * answer with it, and once all is written `lost` ends what was, with the rest of the family. Elsewhere: waits here.
 */
export async function joinUse(use: Use): Promise<void> {
  const ctx: Joining | undefined = Provider.ctx;
  const others = ctx?.oidc?.route === 'token' ? joinedIn(ctx) : undefined;
  if (others === undefined) return (await use.isFirst) ? undefined : await refuse(use);
  use.isFirst.catch(() => undefined);
  others.uses.push(use);
}

async function refuse({ lost }: Use): Promise<never> {
  await lost();
  throw new errors.InvalidGrant('already used');
}

/** Before the answer goes out: what could not be written, or was another's to use, was never given. */
export async function writesDone(ctx: KoaContextWithOIDC): Promise<void> {
  const { writes = [], uses = [] } = (ctx as Joining)[joined] ?? {};
  if (writes.length === 0 && uses.length === 0) return;
  // All of them, whatever becomes of one: a family must not end before its last token is there to end with it.
  const settled = await Promise.allSettled([...writes, ...uses.map(({ isFirst }) => isFirst)]);
  try {
    for (const use of uses) if (!(await use.isFirst)) await refuse(use);
    const failed = settled.find((each) => each.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  } catch (error) {
    answerInstead(ctx, error);
  }
}

/** As oidc-provider answers what is thrown within. */
function answerInstead(ctx: KoaContextWithOIDC, error: unknown): void {
  const { provider, route } = ctx.oidc;
  if (error instanceof errors.OIDCProviderError) {
    ctx.status = error.statusCode;
    ctx.body = { error: error.error, error_description: error.error_description };
    provider.emit('grant.error', ctx, error);
    return;
  }
  for (const name of ['Location', 'Content-Type', 'Content-Length']) ctx.remove(name);
  ctx.status = 500;
  if (route === 'token') ctx.body = { error: 'server_error', error_description: 'the tokens could not be kept' };
  else leave(ctx, { kind: 'error', error: 'server_error', description: undefined, cause: error as Error });
  provider.emit('server_error', ctx, error);
}
