import type { Method } from '../factors/index.ts';
import type { User } from '../people/index.ts';
import type { Effective, Next, Postponement } from '../policy/index.ts';
import type { Decided, Proof, SoFar } from '../sign-in/index.ts';
import { withAnswer, withChoice, withMethod, withProof } from '../sign-in/index.ts';
import type { Scene, Step } from './scene.ts';

/** A sign-in under way. `hasChanged`: the person, by a password or a method: no browser is remembered from before. */
export type State = Pick<SoFar, 'attempt' | 'person' | 'methods' | 'supply' | 'bonds'> & {
  readonly hasChanged?: boolean;
};

interface Answer {
  readonly state: State;
  readonly step: Omit<Step, 'step' | 'reasons'>;
}

const given = { offers: [], answer: 'given', canWait: false } as const;

/** The right answer to a page, as its step would record it; undefined where the person has none. */
export function answer(scene: Scene, state: State, decided: Decided): Answer | undefined {
  const { next } = decided;
  switch (next.step) {
    case 'password':
      return firstFactor(scene, state, decided);
    case 'challenge':
      return challenged(scene, state, decided);
    case 'choose-organization':
      return organizationChosen(scene, state, next.organizations);
    case 'new-password': {
      const { minLength } = next;
      const changed = { ...withAttempt(state, { passwordLength: minLength }), hasChanged: true };
      return { state: changed, step: { ...given, minLength } };
    }
    case 'summary': {
      const shown = state.methods.filter(({ id }) => next.methods.includes(id)).map(({ kind }) => kind);
      return { state: withAnswered(state, 'summary_seen'), step: { ...given, offers: shown } };
    }
    case 'consent':
      return { state: withAnswered(state, 'consented'), step: given };
    default:
      return settingUp(scene, state, decided);
  }
}

/** Pages on the way to a method: begun, or left for later where the person would rather and may. */
function settingUp(scene: Scene, state: State, decided: Decided): Answer | undefined {
  const { next } = decided;
  if (!('kinds' in next)) return undefined;
  const { uses, postpones } = scene.circumstances;
  const canWait = next.step === 'second-method' ? next.canSkip : next.canPostpone;
  const step = { ...given, offers: next.kinds, canWait, ...waitingOf(next) };
  if (canWait && postpones) {
    const [record, how] =
      next.step === 'second-method' ? (['second_skipped', 'skipped'] as const) : (['postponed', 'postponed'] as const);
    return { state: withAnswered(state, record), step: { ...step, answer: how } };
  }
  if (next.step === 'protect-account') return { state: withAnswered(state, 'started'), step };
  if (next.step === 'enrol') {
    const [kind = ''] = next.kinds;
    return { state: enrolled(scene, state, decided, kind), step: { ...step, takes: kind } };
  }
  const takes = uses.find((kind) => next.kinds.includes(kind)) ?? next.kinds[0] ?? '';
  return {
    state: withAttempt(state, { answers: withChoice(state.attempt.answers, takes) }),
    step: { ...step, takes },
  };
}

function organizationChosen({ circumstances }: Scene, state: State, choices: readonly string[]): Answer {
  const chosen = choices.find((id) => id === circumstances.organization) ?? choices[0] ?? '';
  const nameOf = (id: string) => state.bonds.choices.find((each) => each.id === id)?.name ?? id;
  return {
    state: withAttempt(state, { organization: chosen }),
    step: { ...given, offers: choices.map(nameOf), takes: nameOf(chosen) },
  };
}

/** The password; instead of it what may stand for it, where the person would rather, or has no password. */
function firstFactor({ circumstances, somebody, kinds }: Scene, before: State, { rules, next }: Decided) {
  const { person, methods } = somebody;
  const { at, uses, passwordLength } = circumstances;
  const alone = next.step === 'password' ? next.alone : [];
  const step = { ...given, offers: ['password', ...alone] };
  const state = { ...before, ...somebody };
  const own = methods.filter((method) => method.state === 'active' && alone.includes(method.kind));
  const isRather = (kind: string) => uses.includes(kind) && !uses.includes('password');
  const method = own.find(({ kind }) => person.password === undefined || isRather(kind));
  if (method !== undefined) {
    const { amr } = foreseen(kinds, method.kind, method, rules);
    const proof = { factor: method.kind, methodId: method.id, amr, at };
    return { state: prove(state, proof), step: { ...step, takes: method.kind } };
  }
  if (person.password === undefined) return undefined;
  const proven = prove(state, { factor: 'password', amr: ['pwd'], at });
  const typed = passwordLength === undefined ? {} : { passwordLength };
  return { state: withAttempt(proven, typed), step: { ...step, takes: 'password' } };
}

function challenged({ circumstances, kinds }: Scene, state: State, { rules, next }: Decided): Answer | undefined {
  if (next.step !== 'challenge') return undefined;
  const offered = next.methods.flatMap((id) => state.methods.find((method) => method.id === id) ?? []);
  const method =
    circumstances.uses.flatMap((kind) => offered.find((each) => each.kind === kind) ?? [])[0] ?? offered[0];
  if (method === undefined) return undefined;
  const { amr, isLow = false } = foreseen(kinds, method.kind, method, rules);
  const proof = { factor: method.kind, methodId: method.id, amr, at: circumstances.at };
  return {
    state: prove(state, proof, isLow),
    step: {
      ...given,
      offers: [...new Set(offered.map(({ kind }) => kind))],
      takes: method.kind,
      ...(next.canRememberDays > 0 ? { canRememberDays: next.canRememberDays } : {}),
    },
  };
}

function enrolled({ circumstances, kinds }: Scene, state: State, { rules }: Decided, kind: string): State {
  const isBackup = kinds.get(kind)?.isBackup === true;
  const kept = isBackup ? state.methods.filter((method) => method.kind !== kind) : state.methods;
  const fresh = aMethod(kind, kept, state.person, circumstances.at);
  const { amr } = foreseen(kinds, kind, undefined, rules);
  const proof = { factor: kind, methodId: fresh.id, amr, at: circumstances.at };
  return {
    ...state,
    attempt: withMethod(state.attempt, proof, isBackup),
    methods: [...kept, fresh],
    hasChanged: true,
    // What was assigned to them is theirs now.
    supply: { ...state.supply, provided: state.supply.provided.filter((each) => each !== kind) },
  };
}

/** As the room of factors would keep it, without what only the real one has. */
function aMethod(kind: string, others: readonly Method[], person: User | undefined, at: Date): Method {
  const last = Math.max(0, ...others.map(({ order }) => order));
  const slot = Math.max(0, ...others.map((other) => other.slot)) + 1;
  return {
    id: `simulated:${kind}:${slot}`,
    realm: person?.realm ?? '',
    userId: person?.id ?? '',
    kind,
    order: last + 1,
    state: 'active',
    data: {},
    createdAt: at,
    slot,
  };
}

function prove(state: State, proof: Proof, isLow = false): State {
  return { ...state, attempt: withProof(state.attempt, proof, isLow) };
}

function foreseen(kinds: Scene['kinds'], kind: string, method: Method | undefined, rules: Effective) {
  return kinds.get(kind)?.foresee?.(method, rules) ?? { amr: ['otp'] };
}

function waitingOf(next: Next) {
  const { until, left }: Partial<Postponement> = ('postponement' in next ? next.postponement : undefined) ?? {};
  return { ...(until === undefined ? {} : { until }), ...(left === undefined ? {} : { left }) };
}

const withAttempt = (state: State, more: Partial<State['attempt']>): State => ({
  ...state,
  attempt: { ...state.attempt, ...more },
});

const withAnswered = (state: State, one: string): State =>
  withAttempt(state, { answers: withAnswer(state.attempt.answers, one) });
