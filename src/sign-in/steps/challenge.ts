import type { Factor, FactorState, Form, Method, Verified } from '../../factors/index.ts';
import { beginChallenge, readChallenges, takeChallenge, withoutChallenge } from '../challenges.ts';
import { factorContext } from '../factor-context.ts';
import { guessAbout } from '../guess-about.ts';
import type { ChallengePage, PageOf } from '../page-models.ts';
import { pathsOf } from '../paths.ts';
import { codesPerSignIn, recordWrong, refusalFaults } from '../refusals.ts';
import { sendBack, whatWasWrong } from '../sent-back.ts';
import { show, showHeld } from '../show.ts';
import { onStep, type Step, type StepDeps, toDispatcher } from '../step.ts';
import type { Visit } from '../visit.ts';

const attemptsLeftShownFrom = 3;

const path = '/challenge';

/** Asks for one of the person's methods: the primary, or the one they chose. */
export function challengeSteps(deps: StepDeps): readonly Step[] {
  const { attempts, clock, factors, guessing } = deps;

  const offered = (visit: Visit): readonly Method[] => {
    const ids = visit.next.step === 'challenge' ? visit.next.methods : [];
    return ids.flatMap((id) => visit.methods.find((method) => method.id === id) ?? []);
  };

  const chosen = (visit: Visit): { method: Method; factor: Factor } | undefined => {
    const methods = offered(visit);
    const method = methods.find((each) => each.id === visit.attempt.methodId) ?? methods[0];
    const factor = method === undefined ? undefined : factors.kinds.get(method.kind);
    return method === undefined || factor === undefined ? undefined : { method, factor };
  };

  /** The challenge under way for this method, begun (and sent) when it is first asked for. */
  async function underWay(visit: Visit, { method, factor }: { method: Method; factor: Factor }): Promise<FactorState> {
    const begin = async () => (await factor.begin?.(method, factorContext(visit, clock.now()))) ?? {};
    return factor.begin === undefined ? {} : beginChallenge(attempts, visit.attempt, method.id, begin);
  }

  async function page(visit: Visit): Promise<void> {
    const asked = chosen(visit);
    const { person } = visit;
    if (asked === undefined || person === undefined) return toDispatcher(visit);
    const { method, factor } = asked;
    if (factor.isExemptFromHolds !== true) {
      const hold = await guessing.secondFactorHold(visit.request.realm, person.id);
      if (hold !== undefined) return showHeld(factors, visit, hold, 'code', clock.now());
    }
    const state = await underWay(visit, asked);
    const left = codesPerSignIn - visit.attempt.wrongCodes;
    await show(factors, visit, {
      view: `factors/${method.kind}/challenge`,
      step: 'challenge',
      titleKey: `factor.${method.kind}.challenge.title`,
      action: path,
      model: {
        kind: method.kind,
        methodName: method.name,
        digits: factor.digits?.(method),
        factor: await factor.page(method, state, factorContext(visit, clock.now())),
        attemptsLeft: left <= attemptsLeftShownFrom ? left : undefined,
        otherMethods: offered(visit)
          .filter((other) => other.id !== method.id && !(factor.answersForKind === true && other.kind === method.kind))
          .map(({ id, kind, name }) => ({ id, kind, name })),
        methodAction: pathsOf(visit.issuer, visit.attempt.id).full('/challenge/method'),
      } satisfies PageOf<ChallengePage>,
      faults: whatWasWrong(visit, path, clock.now())?.faults,
    });
  }

  async function post(visit: Visit, form: Form): Promise<void> {
    const asked = chosen(visit);
    const { person } = visit;
    if (asked === undefined || person === undefined) return toDispatcher(visit);
    const { method, factor } = asked;
    const guessed = await guessing.guess<Verified>(
      {
        ...guessAbout(visit, 'second_factor', person),
        factor: factor.kind,
        isExempt: factor.isExemptFromHolds === true,
      },
      async () => {
        const state = await stateFor(visit, method, factor);
        if (state === undefined)
          return { outcome: 'void', value: { ok: false, why: 'expired', field: '', isRepeat: true } };
        const value = await factor.verify(method, state, form, factorContext(visit, clock.now()));
        if (value.ok) return { outcome: 'right', value };
        const isCounted = value.why === 'wrong' || (value.why === 'replayed' && value.isRepeat !== true);
        return { outcome: isCounted ? 'wrong' : 'void', value };
      },
    );
    if (!guessed.ok) {
      if (guessed.why === 'held') return showHeld(factors, visit, guessed.hold, 'code', clock.now());
      if (guessed.why === 'busy') return sendBack(deps, visit, path, { faults: refusalFaults('busy', '') });
      await recordWrong(deps, visit, guessed);
      return toDispatcher(visit);
    }
    const verified = guessed.value;
    if (verified.ok) {
      await prove(visit, method, verified);
      return toDispatcher(visit);
    }
    // Posted twice: the first post is about to be recorded, or is already.
    if (verified.isRepeat === true && (await isProvenSoon(visit, method))) return toDispatcher(visit);
    if (await recordWrong(deps, visit, guessed)) return toDispatcher(visit);
    if (verified.why === 'expired' && factor.isSpentByTry !== true) await forget(visit, method);
    await sendBack(deps, visit, path, { faults: refusalFaults(verified.why, verified.field, factor) });
  }

  /** What was asked, for this try; undefined when it bears one try and another request made it. */
  async function stateFor(visit: Visit, method: Method, factor: Factor): Promise<FactorState | undefined> {
    const state = readChallenges(visit.attempt)[method.id] ?? {};
    if (factor.isSpentByTry !== true) return state;
    return (await takeChallenge(attempts, visit.attempt, method.id)) ? state : undefined;
  }

  async function prove(
    visit: Visit,
    { id, kind }: Method,
    verified: Extract<Verified, { readonly ok: true }>,
  ): Promise<void> {
    const { amr, methodId = id, isLow } = verified;
    const proof = { factor: kind, methodId, amr: [...amr], at: clock.now() };
    await attempts.change(visit.attempt.id, (attempt) => {
      // Another person's since, or another's basis: what was proven here is not theirs.
      if (attempt.userId !== visit.person?.id || attempt.basis !== visit.attempt.basis) return undefined;
      const { challenges: _, sentBack: _sent, ...rest } = attempt;
      const answers = isLow === true ? [...new Set([...attempt.answers, `low:${kind}`])] : attempt.answers;
      return { ...rest, answers, proven: [...attempt.proven, proof], wrongCodes: 0 };
    });
  }

  async function isProvenSoon(visit: Visit, method: Method): Promise<boolean> {
    for (let tries = 0; tries < 40; tries += 1) {
      const attempt = await attempts.get(visit.request.realm, visit.attempt.id);
      if (attempt?.state !== 'open' || attempt.proven.some((proof) => proof.factor === method.kind)) return true;
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    return false;
  }

  const forget = (visit: Visit, method: Method) =>
    attempts.change(visit.attempt.id, (attempt) => withoutChallenge(attempt, method.id));

  async function choose(visit: Visit, form: Form): Promise<void> {
    const wanted = form['method'] ?? '';
    if (offered(visit).some((method) => method.id === wanted)) {
      await attempts.change(visit.attempt.id, (attempt) =>
        attempt.userId === visit.attempt.userId ? { ...attempt, methodId: wanted } : undefined,
      );
    }
    toDispatcher(visit);
  }

  return [
    { path, isCurrent: onStep('challenge'), get: page, post },
    { path: '/challenge/method', isCurrent: onStep('challenge'), post: choose },
  ];
}
