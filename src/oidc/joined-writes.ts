import { type KoaContextWithOIDC, Provider } from 'oidc-provider';

/** On the context of a request. */
const writes = Symbol('writes');
type Writing = KoaContextWithOIDC & { [writes]?: Promise<unknown>[] };

/**
 * The tokens of one answer are written beside each other, in one transaction where the engine groups them, instead of
 * one after the other: nobody knows them before the answer, which waits for all (`writesDone`). Elsewhere than at the
 * token endpoint: waits here.
 */
export async function joinWrite(write: Promise<unknown>): Promise<void> {
  const ctx: Writing | undefined = Provider.ctx;
  if (ctx?.oidc?.route !== 'token') return void (await write);
  // Its failure is told by `writesDone`.
  write.catch(() => undefined);
  const others = ctx[writes];
  if (others === undefined) ctx[writes] = [write];
  else others.push(write);
}

/** Before the answer goes out: what could not be written was never given. */
export async function writesDone(ctx: KoaContextWithOIDC): Promise<void> {
  const all = (ctx as Writing)[writes];
  if (all === undefined) return;
  try {
    await Promise.all(all);
  } catch (error) {
    ctx.status = 500;
    ctx.body = { error: 'server_error', error_description: 'the tokens could not be kept' };
    ctx.oidc.provider.emit('server_error', ctx, error);
  }
}
