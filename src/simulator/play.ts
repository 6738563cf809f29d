import { GatehouseError } from '../kernel/index.ts';
import type { Next } from '../policy/index.ts';
import { type Decided, decide } from '../sign-in/index.ts';
import { answer, type State } from './answer.ts';
import type { Circumstances, End, Played, Scene, Step } from './scene.ts';

/** More than any sign-in has. */
const mostSteps = 50;

/** Plays the next sign-in: asks policy what is missing, answers that rightly, until nothing is or it ends. Changes nothing. */
export function play(scene: Scene): Played {
  const { circumstances } = scene;
  // Consent is asked for once there is a session, by the request that the portal's first one goes on as.
  const isLater = circumstances.needsConsent && circumstances.session === undefined;
  const first = playOnce(scene, isLater ? { ...circumstances, needsConsent: false } : circumstances);
  if (!isLater || first.done === undefined) return first.played;
  const { acr, amr, authTime } = first.done.next;
  const { organization } = first.done;
  const isFor = organization === undefined ? {} : { organization };
  const session = { userId: scene.somebody.person.id, acr, amr, authTime, ...isFor };
  const { rememberedAt: _, ...rest } = circumstances;
  const second = playOnce(
    { ...scene, somebody: { ...scene.somebody, methods: first.state.methods } },
    { ...rest, session },
  );
  return { steps: [...first.played.steps, ...second.played.steps], end: second.played.end };
}

type Done = Decided & { readonly next: Extract<Next, { step: 'done' }> };

interface Once {
  readonly played: Played;
  readonly state: State;
  readonly done?: Done;
}

function playOnce(scene: Scene, circumstances: Circumstances): Once {
  const isBuiltOn = circumstances.session?.userId === scene.somebody.person.id;
  let state: State = {
    attempt: { proven: [], answers: [] },
    person: undefined,
    methods: [],
    ...scene.nobody,
    ...(isBuiltOn ? scene.somebody : {}),
  };
  const steps: Step[] = [];
  while (steps.length < mostSteps) {
    const { hasChanged = false, ...soFar } = state;
    const { rememberedAt: _, ...asNow } = circumstances;
    const decided = decide({ ...soFar, ...asked(hasChanged ? asNow : circumstances) });
    const { next } = decided;
    const ended = endOf(decided, state, { ...scene, circumstances });
    if (ended !== undefined) {
      const played = { steps, end: ended };
      return next.step === 'done' ? { played, state, done: { ...decided, next } } : { played, state };
    }
    const answered = answer({ ...scene, circumstances }, state, decided);
    if (answered === undefined || next.step === 'done' || next.step === 'refused')
      return { played: { steps, end: { end: 'cannot_begin', reasons: next.reasons } }, state };
    steps.push({ step: next.step, ...answered.step, reasons: next.reasons });
    state = answered.state;
  }
  throw new GatehouseError('internal', `a simulated sign-in does not end: ${steps.map(({ step }) => step).join(', ')}`);
}

/** The request as the sign-in would be told of it. */
function asked({ at, isKnown, rememberedAt, address, ...rest }: Circumstances) {
  return {
    now: at,
    isKnown,
    ...(rememberedAt === undefined ? {} : { rememberedAt }),
    ...(address === undefined ? {} : { address }),
    request: {
      acrValues: rest.acrValues,
      essentialAcr: rest.essentialAcr,
      needsConsent: rest.needsConsent,
      ...(rest.mustBe === undefined ? {} : { mustBe: rest.mustBe }),
      ...(rest.session === undefined ? {} : { session: rest.session }),
      ...(rest.wantedOrganization === undefined ? {} : { organization: rest.wantedOrganization }),
    },
  };
}

/** Refusals that go to the portal as an error; the others are pages. */
const errors: ReadonlySet<string> = new Set(['acr_unmet', 'wrong_person']);

function endOf(
  { next, rules, organization }: Decided,
  { bonds }: State,
  { answeredAcr, circumstances }: Scene,
): End | undefined {
  if (next.step === 'refused') {
    return { end: 'refused', why: next.why, isError: errors.has(next.why), reasons: next.reasons };
  }
  if (next.step !== 'done') return undefined;
  const { sessionHours, idleMinutes } = rules;
  const isFor = bonds.choices.find(({ id }) => id === organization);
  return {
    end: 'done',
    acr: next.acr,
    tokenAcr: answeredAcr(next.acr, circumstances) ?? next.acr,
    amr: next.amr,
    ...(isFor === undefined ? {} : { organization: { id: isFor.id, name: isFor.name } }),
    session: {
      hours: { value: sessionHours.value, level: sessionHours.from },
      idleMinutes: { value: idleMinutes.value, level: idleMinutes.from },
    },
    reasons: next.reasons,
  };
}
