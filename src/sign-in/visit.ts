import type { Binding, Bonds } from '../binding/index.ts';
import type { Factors, Method } from '../factors/index.ts';
import type { RealmContext } from '../http/index.ts';
import type { People, User } from '../people/index.ts';
import type { Effective, Next } from '../policy/index.ts';
import type { Portal, Realms } from '../realm/index.ts';
import type { Attempt, Interactions, SignInRequest } from './attempt.ts';
import { type Attempts, isOver } from './attempts.ts';
import { basisOf } from './basis.ts';
import { browserCookie } from './browser-cookie.ts';
import type { Browsers } from './browsers.ts';
import type { DeadEnd } from './dead-ends.ts';
import { decide } from './decide.ts';
import type { MadeFor } from './made-for.ts';
import { withCounted } from './postponements.ts';
import { rememberedSince } from './remembered.ts';
import { type Supply, supplyOf } from './supply.ts';

/** Everything a step works with, as it was when the request came. */
export interface Visit {
  readonly context: RealmContext;
  readonly request: SignInRequest;
  readonly attempt: Attempt;
  readonly portal: Portal;
  readonly issuer: string;
  readonly rules: Effective;
  readonly person: User | undefined;
  readonly methods: readonly Method[];
  readonly bonds: Bonds;
  /** The one that the session is going to be for. */
  readonly organization: string | undefined;
  /** This browser, if the person is known in it. */
  readonly knownBrowser: string | undefined;
  /** Since when the person is not asked for a second factor in it, where policy still allows that. */
  readonly rememberedAt: Date | undefined;
  /** What forms of this visit carry, and forms posted to it must: see `made-for.ts`. */
  readonly madeFor: string | undefined;
  readonly next: Next;
}

export type Arrival =
  | { readonly ok: true; readonly visit: Visit }
  /** `isWaiting`: the portal still waits for an answer. `unanswered`: done, and another request is about to give it. */
  | {
      readonly ok: false;
      readonly deadEnd: DeadEnd;
      readonly portal: Portal | undefined;
      readonly isWaiting: boolean;
      readonly unanswered?: Attempt | undefined;
    }
  | { readonly ok: false; readonly resume: string };

export interface VisitDeps {
  readonly realms: Realms;
  readonly people: People;
  readonly factors: Factors;
  readonly binding: Binding;
  readonly interactions: Interactions<RealmContext>;
  readonly attempts: Attempts;
  readonly browsers: Browsers;
  readonly madeFor: MadeFor;
  readonly now: () => Date;
}

/** How long a request waits while another one of the same attempt changes the person. */
const patience = { tries: 80, everyMs: 25, goneAfterMs: 30_000 };

/**
 * Loads what a request to `/sign-in/:uid…` is about, and judges whether it can go on. `before`: an earlier visit of the
 * same HTTP request, which was asked for the same by the same portal.
 */
export async function arrive(deps: VisitDeps, context: RealmContext, before?: Visit): Promise<Arrival> {
  const { realm } = context;
  const uid = context.params['uid'] ?? '';
  if (before !== undefined) return judge(deps, context, before.request, before.portal);
  const found = await deps.interactions.find(context, realm.id, uid);
  if (!found.ok) {
    if (found.why === 'other_browser') {
      const why = context.koa.get('Cookie') === '' ? 'no_cookies' : 'other_browser';
      const portal = await deps.realms.portal(realm.id, found.clientId ?? '');
      return { ok: false, deadEnd: { page: 'cookies-off', why }, portal, isWaiting: false };
    }
    const attempt = await deps.attempts.get(realm.id, uid);
    const portal = attempt === undefined ? undefined : await deps.realms.portal(realm.id, attempt.portal);
    return { ok: false, deadEnd: afterwards(attempt), portal, isWaiting: false };
  }

  const { request } = found;
  const portal = await deps.realms.portal(realm.id, request.clientId);
  if (portal === undefined || !portal.enabled) {
    // Its address is no way back: nobody there could be answered.
    return { ok: false, deadEnd: { page: 'refused', why: 'portal' }, portal: undefined, isWaiting: false };
  }
  return judge(deps, context, request, portal);
}

async function judge(deps: VisitDeps, context: RealmContext, request: SignInRequest, portal: Portal): Promise<Arrival> {
  const { realm } = context;
  const begun = await begin(deps, context, request);
  const stored = await settled(deps, begun);
  const isDone = stored.state === 'done';
  const stop = (deadEnd: DeadEnd): Arrival => ({
    ok: false,
    deadEnd,
    portal,
    isWaiting: !isDone,
    unanswered: isDone ? stored : undefined,
  });
  if (stored.realm !== realm.id) return stop({ page: 'expired', why: 'unknown' });
  if (stored.boundTo !== undefined && stored.boundTo !== context.browserMark) {
    return { ok: false, deadEnd: { page: 'cookies-off', why: 'other_browser' }, portal, isWaiting: false };
  }
  if (isDone && request.resume !== undefined) return { ok: false, resume: request.resume };
  if (stored.state !== 'open') return stop(afterwards(stored));
  if (isOver(stored, deps.now())) {
    await deps.attempts.end(stored.id, 'expired');
    return stop({ page: 'expired', why: 'expired' });
  }

  const { person, methods, supply } = await whoIs(deps, realm.id, stored.userId);
  const because = stored.userId === undefined ? undefined : changedSince(stored, person, methods);
  if (because !== undefined) {
    await deps.attempts.end(stored.id, because, { address: context.address, browser: context.browser });
    return stop(afterwards({ ...stored, state: 'ended', endedBecause: because }));
  }
  const attempt = withCounted(stored, person);
  const issuer = deps.realms.issuerOf(realm);
  const cookie = browserCookie(context, issuer.startsWith('https:'));
  const [browser, bonds] = await Promise.all([
    person === undefined ? undefined : deps.browsers.recognise(cookie, realm.id, person.id),
    deps.binding.of(realm, portal, person),
  ]);
  const { address } = context;
  const now = deps.now();
  const rememberedAt = rememberedSince(browser, attempt.basis, now);
  const given = { request, attempt, person, methods, supply, bonds };
  const soFar = { ...given, isKnown: browser !== undefined, rememberedAt, address, now };
  const { organization, rules, next } = decide(soFar);
  const madeFor = deps.madeFor(attempt);
  const visit = {
    context,
    request,
    attempt,
    portal,
    issuer,
    rules,
    person,
    methods,
    bonds,
    organization,
    knownBrowser: browser?.id,
    rememberedAt,
  };
  return { ok: true, visit: { ...visit, madeFor, next } };
}

async function begin(deps: VisitDeps, context: RealmContext, request: SignInRequest): Promise<Attempt> {
  const known = await deps.attempts.get(request.realm, request.uid);
  if (known !== undefined) return known;
  const { person, methods } = await whoIs(deps, request.realm, request.session?.userId);
  const seed = person === undefined ? {} : { userId: person.id, basis: basisOf(person, methods) };
  return deps.attempts.open(request, context.reference, seed);
}

export async function whoIs(
  deps: Pick<VisitDeps, 'people' | 'factors'>,
  realm: string,
  userId: string | undefined,
): Promise<{ person: User | undefined; methods: readonly Method[]; supply: Supply }> {
  if (userId === undefined) {
    return { person: undefined, methods: [], supply: await supplyOf(deps.factors, realm, undefined, []) };
  }
  const [person, methods] = await Promise.all([deps.people.get(realm, userId), deps.factors.methods.of(realm, userId)]);
  return { person, methods, supply: await supplyOf(deps.factors, realm, userId, methods) };
}

/** The attempt once no other request of it is changing the person: a form posted twice must not end it. */
async function settled(deps: VisitDeps, begun: Attempt): Promise<Attempt> {
  let attempt = begun;
  for (let tries = 0; tries < patience.tries && isWaitedFor(attempt, deps.now()); tries += 1) {
    await new Promise((resolve) => setTimeout(resolve, patience.everyMs));
    attempt = (await deps.attempts.get(attempt.realm, attempt.id)) ?? attempt;
  }
  return attempt;
}

function isWaitedFor(attempt: Attempt, now: Date): boolean {
  return attempt.changing !== undefined && now.getTime() - attempt.changing.getTime() < patience.goneAfterMs;
}

function changedSince(
  attempt: Attempt,
  person: User | undefined,
  methods: readonly Method[],
): 'disabled' | 'locked' | 'replaced' | undefined {
  if (person === undefined) return 'disabled';
  if (basisOf(person, methods) === attempt.basis) return undefined;
  if (person.status === 'disabled') return 'disabled';
  return person.secondFactorLockedAt === undefined ? 'replaced' : 'locked';
}

/** Where an attempt that is over leads. */
function afterwards(attempt: Attempt | undefined): DeadEnd {
  if (attempt === undefined) return { page: 'expired', why: 'unknown' };
  if (attempt.state === 'done') return { page: 'finished' };
  switch (attempt.endedBecause) {
    case 'guesses':
      return { page: 'refused', why: 'guesses' };
    case 'replaced':
      return { page: 'refused', why: 'changed' };
    case 'locked':
    case 'disabled':
      return { page: 'refused', why: 'locked' };
    case 'cancelled':
      return { page: 'expired', why: 'cancelled' };
    default:
      return { page: 'expired', why: 'expired' };
  }
}
