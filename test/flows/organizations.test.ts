import * as client from 'openid-client';
import { type RunningApp, runApp } from '../support/app.ts';
import type { Visitor } from '../support/visitor.ts';
import { aBrowser, givePassword, type Somebody, somebody, told } from './people.ts';
import { aPortal, type TestPortal } from './portal.ts';

const operator = { kind: 'operator' } as const;

describe('a session for one organization', () => {
  let app: RunningApp;
  let portal: TestPortal;
  let count = 0;
  beforeAll(async () => {
    app = await runApp();
    portal = await aPortal(app, 'plain-notes');
  });
  afterAll(() => app.close());

  async function org(name: string, parent?: string): Promise<string> {
    count += 1;
    const input = { realm: 'plain', name: `${name} ${count}`, ...(parent === undefined ? {} : { parent }) };
    const made = await app.app.people.tenancy.organizations.add(input, operator);
    if (!made.ok) throw new Error(made.why);
    return made.organization.id;
  }

  async function member(...organizations: readonly string[]): Promise<Somebody> {
    const person = await somebody(app, 'plain', { hasApp: false });
    for (const organization of organizations) await join(person, organization);
    return person;
  }

  async function join(person: Somebody, organization: string, isAccepted = true) {
    const input = { realm: 'plain', organization, userId: person.user.id, role: 'admin' as const, isAccepted };
    const made = await app.app.people.tenancy.memberships.add(input, operator);
    if (!made.ok) throw new Error(made.why);
  }

  const aVisitor = () => aBrowser(app, { stopAt: [app.demoOrigin] });

  /** As far as there is something to agree to or to choose. */
  async function agree(visitor: Visitor) {
    if (visitor.page.step === 'consent') await visitor.submit('/consent');
  }

  async function signIn(visitor: Visitor, person: Somebody, wishes: Record<string, string> = {}) {
    const begun = await portal.begin(wishes);
    await visitor.visit(begun.address);
    await givePassword(visitor, person);
    return begun;
  }

  async function claims(visitor: Visitor, begun: Awaited<ReturnType<TestPortal['begin']>>) {
    await agree(visitor);
    portal.answer(visitor);
    const tokens = await portal.finish(begun, visitor.page.location);
    const said = tokens.claims();
    return { id: said?.['org_id'], roles: said?.['roles'], access: tokens.access_token, sub: said?.sub ?? '' };
  }

  const choose = (visitor: Visitor, organization: string) => visitor.submit(`organization=${organization}`);

  it('asks nobody who belongs to none, and says nothing of organizations then', async () => {
    const visitor = aVisitor();
    const begun = await signIn(visitor, await member());
    expect(await claims(visitor, begun)).toMatchObject({ id: undefined, roles: undefined });
  });

  it('is for the only one, without a question, and says so in ID token and userinfo', async () => {
    const acme = await org('Acme');
    const visitor = aVisitor();
    const begun = await signIn(visitor, await member(acme));
    const said = await claims(visitor, begun);
    expect(said).toMatchObject({ id: acme, roles: ['admin'] });
    const info = await client.fetchUserInfo(portal.config, said.access, said.sub);
    expect(info).toMatchObject({ org_id: acme, org_name: expect.stringMatching(/^Acme/), roles: ['admin'] });
  });

  it('asks which, of several, and takes only one of them for an answer', async () => {
    const [acme, beta, foreign] = [await org('Acme'), await org('Beta'), await org('Foreign')];
    const person = await member(acme, beta);
    await join(person, await org('Invited'), false);
    const visitor = aVisitor();
    const begun = await signIn(visitor, person);
    expect(visitor.page.step).toBe('choose-organization');
    const offered = visitor.page.forms.flatMap(({ buttons }) =>
      buttons.flatMap(({ name, value }) => (name === 'organization' ? [value] : [])),
    );
    expect(offered).toEqual([acme, beta]);
    const [form] = visitor.page.forms.filter(({ buttons }) => buttons.some(({ name }) => name === 'organization'));
    const forged = new URLSearchParams(
      [...(form?.fields ?? []), ['organization', foreign] as const].map(([name, value]): [string, string] => [
        name,
        value,
      ]),
    );
    await visitor.request(visitor.page.url, {
      method: 'POST',
      from: visitor.page.url,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: forged.toString(),
    });
    await visitor.reload();
    expect(visitor.page.step).toBe('choose-organization');
    await choose(visitor, acme);
    expect(await claims(visitor, begun)).toMatchObject({ id: acme });
  });

  it('is not asked where the portal’s subscription leaves one', async () => {
    const [acme, beta] = [await org('Acme'), await org('Beta')];
    const key = { realm: 'plain', portal: 'plain-notes', kind: 'organization' as const, holder: beta };
    await app.app.people.tenancy.subscriptions.add(key, operator);
    const visitor = aVisitor();
    const begun = await signIn(visitor, await member(acme, beta));
    expect(await claims(visitor, begun)).toMatchObject({ id: beta });
  });

  it('is changed by a new choice, not by a new sign-in, and what was given before stays as it was', async () => {
    const [acme, beta] = [await org('Acme'), await org('Beta')];
    const visitor = aVisitor();
    const person = await member(acme, beta);
    const first = await signIn(visitor, person);
    await choose(visitor, acme);
    const before = await claims(visitor, first);

    for (const wish of [{ prompt: 'select_account' }, { organization: 'choose' }] as Record<string, string>[]) {
      const again = await portal.begin(wish);
      await visitor.visit(again.address);
      expect(visitor.page.step).toBe('choose-organization');
      await choose(visitor, beta);
      expect(await claims(visitor, again)).toMatchObject({ id: beta });
    }
    const info = await client.fetchUserInfo(portal.config, before.access, before.sub);
    expect(info['org_id']).toBe(acme);
    const plain = await portal.begin();
    await visitor.visit(plain.address);
    expect(await claims(visitor, plain)).toMatchObject({ id: beta });
  });

  it('is the one that the portal names, if the person belongs to it; otherwise they are asked', async () => {
    const [acme, beta, foreign] = [await org('Acme'), await org('Beta'), await org('Foreign')];
    const visitor = aVisitor();
    const begun = await signIn(visitor, await member(acme, beta), { organization: beta });
    expect(await claims(visitor, begun)).toMatchObject({ id: beta });
    const other = await portal.begin({ organization: acme });
    await visitor.visit(other.address);
    expect(await claims(visitor, other)).toMatchObject({ id: acme });
    const wrong = await portal.begin({ organization: foreign });
    await visitor.visit(wrong.address);
    expect(visitor.page.step).toBe('choose-organization');
  });

  it('a person with nothing to choose who is asked to select an account signs in anew', async () => {
    const visitor = aVisitor();
    const person = await member(await org('Acme'));
    await claims(visitor, await signIn(visitor, person));
    const again = await portal.begin({ prompt: 'select_account' });
    await visitor.visit(again.address);
    expect(visitor.page.step).toBe('password');
  });

  it('what an organization requires acts on sign-ins under way and on sessions, and not on others', async () => {
    const [partner, other] = [await org('Partner'), await org('Other')];
    const acme = await org('Acme', partner);
    const [bound, late, free] = [await member(acme), await member(acme, other), await member(other)];
    const [session, attempt, stranger] = [aVisitor(), aVisitor(), aVisitor()];
    await claims(session, await signIn(session, bound));
    await claims(stranger, await signIn(stranger, free));
    await signIn(attempt, late);
    expect(attempt.page.step).toBe('choose-organization');
    await app.app.people.tenancy.organizations.change(
      'plain',
      partner,
      () => ({ policy: { secondFactor: 'required' } }),
      operator,
    );
    // An organization binds its members in every sign-in, whichever one it is for.
    await choose(attempt, other);
    expect(attempt.page.step).toBe('protect-account');
    for (const [visitor, step] of [
      [session, 'password'],
      [stranger, undefined],
    ] as const) {
      await visitor.visit((await portal.begin()).address);
      expect(visitor.page.step).toBe(step);
    }
  });

  it('of a person who left says nothing of it any more, at the next request', async () => {
    const acme = await org('Acme');
    const person = await member(acme);
    const visitor = aVisitor();
    const said = await claims(visitor, await signIn(visitor, person));
    const where = { realm: 'plain', organization: acme, userId: person.user.id };
    await app.app.people.tenancy.memberships.remove(where, operator);
    const info = await client.fetchUserInfo(portal.config, said.access, said.sub);
    expect(info['org_id']).toBeUndefined();
    const again = await portal.begin();
    await visitor.visit(again.address);
    expect(await claims(visitor, again)).toMatchObject({ id: undefined });
  });

  it('is in the audit log, with the decision and its reasons', async () => {
    const acme = await org('Acme');
    const person = await member(acme);
    const visitor = aVisitor();
    await claims(visitor, await signIn(visitor, person));
    const events = await told(app, 'plain', { type: 'sign_in.completed', subject: person.user.id });
    expect(events.find(({ details }) => details?.['builtOnSession'] === false)?.details).toMatchObject({
      organization: acme,
      reasons: expect.arrayContaining(['always product:product password_proven', 'secondFactor realm:plain not_asked']),
    });
  });
});
