import type { Factor, FactorState, Form, Method, Verified } from '../../factors/index.ts';
import type { Hold } from '../../policy/index.ts';
import { withAnswer, withProof } from '../answered.ts';
import { ask, askAgain, readChallenges, takeChallenge, withoutChallenge } from '../challenges.ts';
import { factorContext } from '../factor-context.ts';
import { guessAbout } from '../guess-about.ts';
import type { ChallengePage, PageOf } from '../page-models.ts';
import { pathsOf } from '../paths.ts';
import { codesPerSignIn, recordWrong, refusalFaults } from '../refusals.ts';
import { rememberAnswer } from '../remembered.ts';
import { resendPart, tooEarly } from '../resend.ts';
import { sendBack, whatWasWrong } from '../sent-back.ts';
import { show, showHeld } from '../show.ts';
import { onStep, type Step, type StepDeps, toDispatcher } from '../step.ts';
import type { Visit } from '../visit.ts';

const attemptsLeftShownFrom = 3;

const path = '/challenge';
const resendPath = '/challenge/resend';

const rememberField = 'remember_browser';
const ticked = 'yes';
const wantsToBeRemembered = (form: Form) => form[rememberField] === ticked;

/** For how long the browser may be remembered after this challenge; 0: not. */
const daysOffered = ({ next }: Visit) => (next.step === 'challenge' ? next.canRememberDays : 0);

interface Asked {
  readonly method: Method;
  readonly factor: Factor;
}

/** Asks for one of the person's methods: the primary, or the one they chose. */
export function challengeSteps(deps: StepDeps): readonly Step[] {
  const { attempts, clock, factors, guessing } = deps;

  const offered = (visit: Visit): readonly Method[] => {
    const ids = visit.next.step === 'challenge' ? visit.next.methods : [];
    return ids.flatMap((id) => visit.methods.find((method) => method.id === id) ?? []);
  };

  const chosen = (visit: Visit): Asked | undefined => {
    const methods = offered(visit);
    const method = methods.find((each) => each.id === visit.attempt.methodId) ?? methods[0];
    const factor = method === undefined ? undefined : factors.kinds.get(method.kind);
    return method === undefined || factor === undefined ? undefined : { method, factor };
  };

  const isExempt = ({ kind }: Method) => factors.kinds.get(kind)?.isExemptFromHolds === true;

  /** The challenge under way for this method, begun (and sent) when it is first asked for. */
  async function underWay(visit: Visit, { method, factor }: Asked): Promise<FactorState> {
    const { begin } = factor;
    if (begin === undefined) return {};
    return ask(attempts, visit.attempt, method.id, () => begin(method, factorContext(deps, visit)));
  }

  /** Whoever somebody's guesses keep out gets in by what nobody guesses. */
  async function keptOut(visit: Visit, hold: Hold): Promise<void> {
    const free = offered(visit).find(isExempt);
    if (free === undefined) return showHeld(factors, visit, hold, 'code', clock.now());
    return choose(visit, { method: free.id });
  }

  async function page(visit: Visit): Promise<void> {
    const asked = chosen(visit);
    const { person } = visit;
    if (asked === undefined || person === undefined) return toDispatcher(visit);
    const { method, factor } = asked;
    const others = offered(visit).filter(
      (other) => other.id !== method.id && !(factor.answersForKind === true && other.kind === method.kind),
    );
    const hold = [method, ...others].every(isExempt)
      ? undefined
      : await guessing.secondFactorHold(visit.request.realm, person.id);
    if (hold !== undefined && !isExempt(method)) return keptOut(visit, hold);
    const state = await underWay(visit, asked);
    const wrong = whatWasWrong(visit, path, clock.now());
    // A page that looks whether it may go on says what is ticked on it.
    const said = visit.context.koa.query[rememberField] === ticked ? { [rememberField]: ticked } : {};
    if (wrong === undefined && (await factor.isAnswered?.(method, state, factorContext(deps, visit))) === true)
      return judge(visit, asked, said);
    const paths = pathsOf(visit.issuer, visit.attempt.id);
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
        factor: await factor.page(method, state, factorContext(deps, visit)),
        resend: resendPart(factor.resend?.from(method, state), paths.full(resendPath), clock.now()),
        attemptsLeft: left <= attemptsLeftShownFrom ? left : undefined,
        otherMethods: others
          .filter((other) => hold === undefined || isExempt(other))
          .map((other) => {
            const { id, kind, name = factors.kinds.get(kind)?.hint?.(other) } = other;
            return { id, kind, name };
          }),
        areOthersHeld: hold !== undefined,
        methodAction: paths.full('/challenge/method'),
        rememberDays: daysOffered(visit),
      } satisfies PageOf<ChallengePage>,
      faults: wrong?.faults,
      values: wrong?.values ?? said,
    });
  }

  async function post(visit: Visit, form: Form): Promise<void> {
    const asked = chosen(visit);
    return asked === undefined ? toDispatcher(visit) : judge(visit, asked, form);
  }

  async function judge(visit: Visit, { method, factor }: Asked, form: Form): Promise<void> {
    const { person } = visit;
    if (person === undefined) return toDispatcher(visit);
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
        const value = await factor.verify(method, state, form, factorContext(deps, visit));
        if (value.ok && !(await isFirstToProve(visit, method, factor))) {
          return { outcome: 'void', value: { ok: false, why: 'replayed', field: '', isRepeat: true } };
        }
        if (value.ok) return { outcome: bringsBackTries(visit, factor) ? 'right' : 'void', value };
        const isCounted = value.why === 'wrong' || (value.why === 'replayed' && value.isRepeat !== true);
        return { outcome: isCounted ? 'wrong' : 'void', value };
      },
    );
    if (!guessed.ok) {
      if (guessed.why === 'held') return keptOut(visit, guessed.hold);
      if (guessed.why === 'busy') return sendBack(deps, visit, path, { faults: refusalFaults('busy', '') });
      await recordWrong(deps, visit, guessed);
      return toDispatcher(visit);
    }
    const verified = guessed.value;
    if (verified.ok) {
      await prove(visit, method, verified, wantsToBeRemembered(form));
      return toDispatcher(visit);
    }
    // Posted twice: the first post is about to be recorded, or is already.
    if (verified.isRepeat === true && (await isProvenSoon(visit, method))) return toDispatcher(visit);
    if (await recordWrong(deps, visit, guessed)) return toDispatcher(visit);
    // Where it can be asked for again, that is the person's to say.
    if (verified.why === 'expired' && factor.isSpentByTry !== true && factor.resend === undefined) {
      await forget(visit, method);
    }
    await sendBack(deps, visit, path, {
      faults: refusalFaults(verified.why, verified.field, factor),
      values: wantsToBeRemembered(form) ? { [rememberField]: ticked } : {},
    });
  }

  /** What proves nothing to policy brings back no tries at what does. */
  const bringsBackTries = ({ methods }: Visit, factor: Factor) =>
    factor.strength !== 'none' || methods.every(({ kind }) => factors.kinds.get(kind)?.strength === 'none');

  /** What was asked, for this try; undefined when it bears one try and another request made it. */
  async function stateFor(visit: Visit, method: Method, factor: Factor): Promise<FactorState | undefined> {
    const state = readChallenges(visit.attempt)[method.id] ?? {};
    if (factor.isSpentByTry !== true) return state;
    return (await takeChallenge(attempts, visit.attempt, method.id)) ? state : undefined;
  }

  /** What was asked and bears several tries is used up by the right one. */
  async function isFirstToProve(visit: Visit, method: Method, factor: Factor): Promise<boolean> {
    if (factor.begin === undefined || factor.isSpentByTry === true) return true;
    return takeChallenge(attempts, visit.attempt, method.id);
  }

  async function prove(
    visit: Visit,
    { id, kind }: Method,
    verified: Extract<Verified, { readonly ok: true }>,
    isToBeRemembered: boolean,
  ): Promise<void> {
    const { amr, methodId = id, isLow } = verified;
    const proof = { factor: kind, methodId, amr: [...amr], at: clock.now() };
    await attempts.change(visit.attempt.id, (attempt) => {
      // Another person's since, or another's basis: what was proven here is not theirs.
      if (attempt.userId !== visit.person?.id || attempt.basis !== visit.attempt.basis) return undefined;
      const { challenges: _, sentBack: _sent, ...rest } = attempt;
      const proven = { ...withProof(rest, proof, isLow === true), wrongCodes: 0 };
      const days = daysOffered(visit);
      if (!isToBeRemembered || days === 0) return proven;
      return { ...proven, answers: withAnswer(proven.answers, rememberAnswer(days)) };
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

  async function resend(visit: Visit, form: Form): Promise<void> {
    const asked = chosen(visit);
    const { person } = visit;
    if (asked === undefined || person === undefined) return toDispatcher(visit);
    const { method, factor } = asked;
    const state = readChallenges(visit.attempt)[method.id];
    if (factor.resend === undefined || state === undefined) return toDispatcher(visit);
    const hold = await guessing.secondFactorHold(visit.request.realm, person.id);
    if (hold !== undefined) return keptOut(visit, hold);
    const refused = tooEarly(factor.resend.from(method, state), clock.now());
    if (refused !== undefined) return sendBack(deps, visit, path, { faults: refusalFaults(refused, '', factor) });
    const asking = await factor.resend.send(method, state, form, factorContext(deps, visit));
    if ('refused' in asking) {
      return sendBack(deps, visit, path, { faults: refusalFaults(asking.refused, asking.field, factor) });
    }
    await askAgain(attempts, visit.attempt, method.id, state, asking);
    toDispatcher(visit);
  }

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
    { path: resendPath, isCurrent: onStep('challenge'), post: resend },
    { path: '/challenge/method', isCurrent: onStep('challenge'), post: choose },
  ];
}
