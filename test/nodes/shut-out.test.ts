import type { ServerNode } from '../support/nodes.ts';
import type { Visitor } from '../support/visitor.ts';
import { onBothDatabases } from './databases.ts';
import type { Town } from './town.ts';
import {
  again,
  code,
  givePassword,
  redeem,
  refresh,
  signIn,
  somebody,
  type Tokens,
  type Townsperson,
  toChallenge,
  tokensOf,
} from './townspeople.ts';

const actor = { kind: 'operator' } as const;
/** What is promised: by then a change is in force on every node. */
const withinMs = 5_000;
const pollMs = 50;

/** Somebody who signed in, with everything that they and their portal hold. */
interface SignedIn {
  readonly person: Townsperson;
  readonly realm: string;
  readonly browser: Visitor;
  readonly tokens: Tokens;
  /** One for each node, not redeemed yet. */
  readonly given: readonly { readonly code: string; readonly verifier: string }[];
}

onBothDatabases((open) => {
  let town: Town;
  beforeAll(async () => {
    town = await open();
  });
  afterAll(() => town.close());

  async function signedIn(realm = 'harbour'): Promise<SignedIn> {
    const person = await somebody(town, realm);
    const browser = town.visitor();
    const tokens = tokensOf(await redeem(town, await signIn(town, browser, person), undefined, realm));
    const given = [await again(town, browser, realm), await again(town, browser, realm)];
    const somebodyIn = { person, realm, browser, tokens, given };
    // Both nodes have met them: what they keep in memory holds them as they are now.
    for (const node of town.nodes) expect(await isLetIn(node, somebodyIn)).toBe(true);
    for (const node of town.nodes) expect(await isAnswered(node, somebodyIn)).toBe(true);
    return somebodyIn;
  }

  /** Whether the session answers a request for tokens without a page. */
  async function isLetIn(node: ServerNode, { realm, browser }: SignedIn): Promise<boolean> {
    const there = town.visitor(node, browser);
    const { location, status } = await there.request(town.request(realm, { prompt: 'none' }).url);
    expect(status).toBeLessThan(500);
    return location?.searchParams.has('code') === true;
  }

  async function isAnswered(node: ServerNode, { realm, tokens }: SignedIn): Promise<boolean> {
    const headers = { authorization: `Bearer ${tokens.access_token}` };
    const { status } = await town.visitor(node).request(`${town.issuer(realm)}/me`, { headers, isBare: true });
    return status === 200;
  }

  /** Asks until it is so on both nodes; fails after five seconds of waiting between, which a busy machine does not shorten. */
  async function soon(isSo: (node: ServerNode) => Promise<boolean>): Promise<void> {
    for (let waitedMs = 0; ; waitedMs += pollMs) {
      const all = await Promise.all(town.nodes.map(isSo));
      if (all.every(Boolean)) return;
      expect({ isInTime: waitedMs < withinMs, all }).toEqual({ isInTime: true, all });
      await new Promise((resolve) => setTimeout(resolve, pollMs));
    }
  }

  const isShutOut = (who: SignedIn) => async (node: ServerNode) =>
    !(await isLetIn(node, who)) && !(await isAnswered(node, who));

  /** What could be asked for but once is asked for last. */
  async function nothingFromGrants({ realm, tokens, given }: SignedIn): Promise<void> {
    for (const [at, node] of town.nodes.entries()) {
      const grants = [
        await redeem(town, given[at]!, node, realm),
        await refresh(town, tokens.refresh_token, node, realm),
      ];
      for (const { status, body } of grants) {
        expect({ status: status === 400 || status === 401, body }).toEqual({
          status: true,
          body: expect.stringMatching(/invalid_(grant|client)/),
        });
      }
    }
  }

  it('fault 24: a disabled person has no session and gets nothing from any grant, on both nodes', async () => {
    const who = await signedIn();
    await town.operator.people.disable('harbour', who.person.user.id, actor);
    await soon(isShutOut(who));
    await nothingFromGrants(who);
    for (const node of town.nodes) {
      const visitor = town.visitor(node);
      await visitor.visit(town.request().url);
      expect((await givePassword(visitor, who.person)).step).toBe('refused');
    }
  });

  it('fault 24: nor does one whose second factor was locked, and a sign-in under way ends on both', async () => {
    const who = await signedIn();
    const open = await Promise.all(town.nodes.map((node) => toChallenge(town, town.visitor(node), who.person)));
    await town.operator.people.update('harbour', who.person.user.id, (user) => ({
      ...user,
      secondFactorLockedAt: new Date(),
    }));
    await soon(isShutOut(who));
    await nothingFromGrants(who);
    for (const visitor of open) {
      await visitor.fill({ code: code(1) }).submit();
      expect({ step: visitor.page.step, status: visitor.page.status }).toEqual({ step: 'refused', status: 403 });
    }
  });

  it('fault 25: a portal that was shut gets nothing, and a sign-in for it that was begun leads nowhere', async () => {
    const who = await signedIn();
    const other = await somebody(town);
    const open = await Promise.all(town.nodes.map((node) => toChallenge(town, town.visitor(node), other)));
    expect(await town.operator.realms.set('harbour', 'portals.till.enabled', false, actor)).toMatchObject({ ok: true });
    try {
      await soon(isShutOut(who));
      await nothingFromGrants(who);
      for (const visitor of open) {
        await visitor.fill({ code: code() }).submit();
        expect(visitor.page.location?.searchParams.has('code') ?? false).toBe(false);
        expect(visitor.page.status).toBeGreaterThanOrEqual(400);
      }
    } finally {
      await town.operator.realms.set('harbour', 'portals.till.enabled', true, actor);
      await soon(async (node) => (await town.visitor(node).visit(town.request().url)).step === 'password');
    }
  });

  it('a policy that asks for more than a session has is asked for on both nodes', async () => {
    const who = await signedIn('quay');
    const other = await somebody(town, 'quay');
    const atPassword = await Promise.all(
      town.nodes.map(async (node) => {
        const visitor = town.visitor(node);
        await visitor.visit(town.request('quay').url);
        return visitor;
      }),
    );
    expect(await town.operator.realms.set('quay', 'policy.secondFactor', 'required', actor)).toMatchObject({
      ok: true,
    });
    await soon(async (node) => !(await isLetIn(node, who)));
    // So is a sign-in that was begun under the rules before.
    for (const visitor of atPassword) expect((await givePassword(visitor, other)).step).toBe('protect-account');
  });
});
