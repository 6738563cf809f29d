import { errors, interactionPolicy, type KoaContextWithOIDC } from 'oidc-provider';
import { insufficient, type Judges, type Reason, reasonsToAsk, unusable } from './reasons.ts';

const { Check, Prompt } = interactionPolicy;

/**
 * One interaction for everything that may be missing: the sign-in room asks policy what that is. `consent` and
 * `select_account` stand here so that their `prompt` values are known; our one prompt always comes first.
 */
export function interactionPrompts(judges: Judges): interactionPolicy.Prompt[] {
  const judged = new WeakMap<KoaContextWithOIDC, Promise<ReadonlySet<Reason>>>();
  const reasonsOf = (ctx: KoaContextWithOIDC) => {
    const known = judged.get(ctx) ?? reasonsToAsk(ctx, judges);
    judged.set(ctx, known);
    return known;
  };
  const checks = Object.entries({ ...unusable, ...insufficient }).map(
    ([reason, error]) =>
      new Check(reason, describe(reason), error, async (ctx) => {
        const isReason = (await reasonsOf(ctx)).has(reason as Reason);
        // RFC 9470 §5, OIDC Core §5.5.1.1: asked already and still not met is an error, not another round.
        if (isReason && reason === 'essential_acr' && ctx.oidc.result?.login !== undefined) {
          throw new errors.UnmetAuthenticationRequirements(describe(reason));
        }
        return isReason;
      }),
  );
  const signIn = new Prompt({ name: 'login', requestable: true }, (ctx) => notes(ctx, judges.clock.now()), ...checks);
  // The constructor's own check of `prompt=login`: ours says the same, in our order.
  signIn.checks.shift();
  return [
    signIn,
    new Prompt({ name: 'consent', requestable: true }),
    new Prompt({ name: 'select_account', requestable: true }),
  ];
}

/** Kept with the interaction. */
export interface PromptNotes {
  /** Seconds since 1970. What was proven before was not proven for this request. */
  readonly askedAt: number;
  /** Of an `id_token_hint` whose signature was verified; that cannot be done again later. */
  readonly hintedSub?: string;
}

function notes(ctx: KoaContextWithOIDC, now: Date): Record<string, unknown> & PromptNotes {
  const sub = ctx.oidc.entities.IdTokenHint?.payload.sub;
  return { askedAt: Math.floor(now.getTime() / 1000), ...(typeof sub === 'string' ? { hintedSub: sub } : undefined) };
}

function describe(reason: string): string {
  return `the session does not answer this request (${reason})`;
}
