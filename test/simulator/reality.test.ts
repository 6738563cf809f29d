import fc from 'fast-check';
import * as client from 'openid-client';
import { policyCommandsOf } from '../../src/policy-commands.ts';
import { type Circumstances, type Played, replay } from '../../src/simulator/index.ts';
import { Visitor } from '../support/visitor.ts';
import { type Asked, type Case, cases, kinds } from './cases.ts';
import { type Carried, type Walked, walk } from './walk.ts';
import { aWorld, clientIds, type World } from './world.ts';

/** Each is one or two sign-ins. */
const runs = Number(process.env['REALITY_RUNS'] ?? 500);

/** What a sign-in came to, as both tell it. */
interface Told {
  readonly pages: readonly string[];
  readonly acr?: unknown;
  readonly amr?: readonly string[];
  readonly organization?: unknown;
  readonly error?: string;
}

interface Browser {
  readonly visitor: Visitor;
  /** They went through a full sign-in in it. */
  readonly isKnown: boolean;
  readonly rememberedAt?: Date;
  readonly session?: NonNullable<Circumstances['session']>;
}

interface Real {
  readonly told: Told;
  readonly claims?: client.IDToken;
}

type Sent = Pick<Awaited<ReturnType<typeof client.authorizationCodeGrant>>, never> & {
  finish(callback: URL): ReturnType<typeof client.authorizationCodeGrant>;
};

describe('a simulated sign-in', () => {
  let world: World;
  beforeAll(async () => {
    world = await aWorld(runs);
    world.clock.set('2030-01-01T00:00:00Z');
  });
  afterAll(() => world.close());

  const { buildAuthorizationUrl, authorizationCodeGrant } = client;

  /** Levels that reasons named, and steps with what was taken: what the cases came by. */
  const met = new Set<string>();

  async function request(at: number, asked: Asked, more: Record<string, string>) {
    const config = world.portals[at];
    if (config === undefined) throw new Error('no such portal');
    const [verifier, state, nonce] = [client.randomPKCECodeVerifier(), client.randomState(), client.randomNonce()];
    const ours = asked.acrValues.filter((value) => value !== 'made-up');
    const claims = { id_token: { acr: { essential: true, values: ours } } };
    const wishes: Record<string, string> =
      asked.acrValues.length === 0
        ? {}
        : asked.isEssential && ours.length > 0
          ? { claims: JSON.stringify(claims) }
          : { acr_values: asked.acrValues.join(' ') };
    const redirectUri = `${world.demoOrigin}/${clientIds[at]}/callback`;
    const address = buildAuthorizationUrl(config, {
      ...{ redirect_uri: redirectUri, scope: 'openid', state, nonce, code_challenge_method: 'S256' },
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      ...wishes,
      ...more,
    });
    const essential = 'claims' in wishes;
    return {
      address,
      acrValues: essential || asked.acrValues.length === 0 ? [] : asked.acrValues,
      essentialAcr: essential ? ours : [],
      finish: (callback: URL) =>
        authorizationCodeGrant(config, callback, {
          pkceCodeVerifier: verifier,
          expectedState: state,
          expectedNonce: nonce,
        }),
    };
  }

  /** Both: first as it would be, then as it is. */
  async function both(
    given: {
      readonly asked: Asked;
      readonly portal: number;
      readonly isAnew: boolean;
    },
    { carried, organizations }: { readonly carried: Carried; readonly organizations: readonly string[] },
    browser: Browser,
  ) {
    const { asked, portal } = given;
    const organization = asked.organization === undefined ? undefined : organizations[asked.organization];
    const sent = await request(portal, asked, given.isAnew ? { prompt: 'login' } : {});
    const session = given.isAnew ? undefined : browser.session;
    const circumstances: Circumstances = {
      ...{ at: world.clock.now(), acrValues: sent.acrValues, essentialAcr: sent.essentialAcr },
      ...{ isKnown: browser.isKnown, address: asked.address, needsConsent: false },
      ...{ uses: asked.uses, postpones: asked.postpones, passwordLength: [...carried.password].length },
      ...(browser.rememberedAt === undefined ? {} : { rememberedAt: browser.rememberedAt }),
      ...(session === undefined ? {} : { session }),
    };
    const { simulator } = policyCommandsOf(world.app, undefined, world.clock);
    const whom = { realm: 'trial', portal: clientIds[portal] ?? '', userId: carried.userId };
    const first = await simulator.simulate(
      whom,
      organization === undefined ? circumstances : { ...circumstances, organization },
    );
    // Not every organization that somebody would rather pick is one they can.
    const played = first.ok ? first : await simulator.simulate(whom, circumstances);
    if (!played.ok) throw new Error(played.why);

    const visitor = browser.visitor;
    await visitor.visit(sent.address);
    const picks = first.ok ? organization : undefined;
    const walked = await walk({ world, visitor, carried, asked, organization: picks });
    return { simulated: toldBy(played), real: await toldOf(walked, visitor, sent), played, walked };
  }

  async function toldOf({ pages, ended }: Walked, visitor: Visitor, sent: Sent): Promise<Real> {
    if (ended === 'refused') return { told: { pages, error: 'refused' } };
    const callback = visitor.page.location;
    const error = callback?.searchParams.get('error');
    if (callback === undefined || (error !== null && error !== undefined))
      return { told: { pages, error: error ?? '' } };
    const claims = (await sent.finish(callback)).claims();
    if (claims === undefined) throw new Error('no ID token');
    const { acr, amr, org_id: organization } = claims;
    return { told: { pages, acr, amr: (amr as string[]).toSorted(), organization }, claims };
  }

  const errors = { acr_unmet: 'unmet_authentication_requirements', wrong_person: 'login_required' } as Record<
    string,
    string
  >;

  function toldBy({ steps, end }: Played): Told {
    const pages = steps.map(({ step, takes, answer }) => {
      if (step === 'new-password' || step === 'summary') return step;
      const named =
        step === 'enrol' ? (world.app.factors.kinds.get(takes ?? '')?.enrolment?.step ?? `enrol-${takes ?? ''}`) : step;
      return [named, answer === 'given' ? takes : answer].filter(Boolean).join(' ');
    });
    if (end.end === 'done')
      return { pages, acr: end.tokenAcr, amr: end.amr.toSorted(), organization: end.organization?.id };
    if (end.end === 'refused') return { pages, error: end.isError ? (errors[end.why] ?? '') : 'refused' };
    return { pages, error: 'cannot begin' };
  }

  const browserAt = (address: string, before?: Visitor) =>
    new Visitor(
      { now: () => world.clock.now(), stopAt: [world.demoOrigin], headers: { 'x-forwarded-for': address } },
      before?.cookies,
    );

  const acrOf = ({ end }: Played) => (end.end === 'done' ? end.acr : '');

  /** Pages that change the person: the same sign-in would go another way the next time. */
  const changing = /^(enrol-|recovery-codes|new-password)|postponed/;

  /** What the audit log has is enough to say how it went, and to play it again. */
  async function expectReplayed({ real, played }: Awaited<ReturnType<typeof both>>, userId: string, given: Case) {
    const isToldToPortal = real.claims === undefined && real.told.error !== 'refused';
    // To drain is dear: every fourth.
    if (isToldToPortal || given.startsAfterMinutes % 4 !== 0) return;
    while ((await world.app.drain()) > 0);
    const { simulator } = policyCommandsOf(world.app, undefined, world.clock);
    const { items } = await world.app.audit.list('trial', { subject: userId, limit: 100 });
    const signIn = items.find(({ type }) => /^sign_in\.(completed|refused)$/.test(type))?.signIn ?? '';
    const replayed = await replay({ simulator, audit: world.app.audit }, 'trial', signIn, world.clock.now());
    const { end } = played;
    expect(replayed?.past.reasons).toMatchObject(end.reasons.map(({ rule, because }) => ({ rule, because })));
    expect(replayed?.past.ended).toBe(end.end === 'refused' ? end.why : 'completed');
    if (end.end === 'done') expect(replayed?.past).toMatchObject({ acr: end.acr, amr: end.amr });
    if (!real.told.pages.some((page) => changing.test(page))) expect(replayed?.isSame).toBe(true);
  }

  async function tryOut(given: Case) {
    const settled = await world.settle(given);
    const visitor = browserAt(given.first.address);
    const once = await both({ asked: given.first, portal: 0, isAnew: false }, settled, { visitor, isKnown: false });
    expect(once.real.told).toEqual(once.simulated);
    for (const { step, takes, reasons } of once.played.steps) {
      met.add([step, takes].join(' '));
      for (const { level } of reasons) met.add(level.kind);
    }
    await expectReplayed(once, settled.carried.userId, given);
    const { claims } = once.real;
    const { again } = given;
    if (again === undefined || claims === undefined) return;

    const doneAt = world.clock.now();
    world.clock.advance(again.afterMinutes * 60_000);
    const days = once.played.steps.find(({ step }) => step === 'challenge')?.canRememberDays ?? 0;
    const isRemembered = once.walked.hasTicked && again.afterMinutes < days * 24 * 60;
    const organization = claims['org_id'];
    const twice = await both({ asked: again.asked, portal: again.portal, isAnew: again.isAnew }, settled, {
      ...{ visitor: browserAt(again.asked.address, visitor), isKnown: true },
      ...(isRemembered ? { rememberedAt: doneAt } : {}),
      // Sessions of days ago are over by any rule there is here; those of minutes ago by none.
      ...(again.afterMinutes > 60
        ? {}
        : {
            session: {
              // The token may say less than the session has: an essential request is answered by a value it named.
              ...{ userId: settled.carried.userId, acr: acrOf(once.played), amr: claims['amr'] as string[] },
              authTime: new Date(Number(claims['auth_time']) * 1000),
              ...(typeof organization === 'string' ? { organization } : {}),
            },
          }),
    });
    expect(twice.real.told).toEqual(twice.simulated);
  }

  it(`goes as the real one does: the same pages, acr, amr and end (${runs} random realms, people and requests)`, async () => {
    await fc.assert(fc.asyncProperty(cases, tryOut), { numRuns: runs, seed: 7, endOnFailure: true });
    // Fewer may pass by something.
    if (runs < 500) return;
    const levels = ['product', 'realm', 'rollout', 'organization', 'portal', 'user'];
    const methods = kinds.flatMap((kind) => [`challenge ${kind}`, `enrol ${kind}`]);
    expect([...levels, ...methods, 'password passkey'].filter((each) => !met.has(each))).toEqual([]);
  }, 1_800_000);
});
