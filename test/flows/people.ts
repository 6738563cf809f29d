import { totpMethod } from '../../src/factors/index.ts';
import type { User } from '../../src/people/index.ts';
import type { RunningApp } from '../support/app.ts';
import { Visitor, type VisitorOptions } from '../support/visitor.ts';

/** A person with what they know and carry. */
export interface Somebody {
  readonly user: User;
  readonly username: string;
  readonly password: string;
  /** Of their authenticator app, base32. */
  readonly secret: string;
}

const secret = 'KRSXG5CTMVRXEZLUKRSXG5CTMVRXEZLU';
let made = 0;

/** Somebody new in a realm; with an authenticator app, unless `hasApp` is false. */
export async function somebody(app: RunningApp, realm = 'web1', { hasApp = true } = {}): Promise<Somebody> {
  made += 1;
  const username = `somebody${made}`;
  const password = 'nineteen quiet harbours';
  const added = await app.app.people.create({
    ...{ realm, username, password, emailVerified: true },
    name: `Sam Body ${made}`,
    email: `${username}@${realm}.example`,
  });
  if (!added.ok) throw new Error(added.why);
  if (hasApp) {
    const method = { realm, userId: added.user.id, kind: 'totp', ...totpMethod(secret) };
    await app.app.factors.methods.add(method, { actor: { kind: 'system' } });
  }
  return { user: added.user, username, password, secret };
}

/** A browser whose cookies expire by the clock of the test. */
export function aBrowser(app: RunningApp, options: VisitorOptions = {}): Visitor {
  return new Visitor({ now: () => app.clock.now(), ...options });
}

export async function toPassword(app: RunningApp, visitor: Visitor, portal = 'web1-mail'): Promise<Visitor> {
  await visitor.visit(`${app.demoOrigin}/${portal}/sign-in`);
  expect(visitor.page.step).toBe('password');
  return visitor;
}

export async function givePassword(visitor: Visitor, { username, password }: Somebody): Promise<Visitor> {
  await visitor.fill({ identifier: username, password }).submit();
  return visitor;
}

/** Password given, code not. */
export async function toChallenge(app: RunningApp, visitor: Visitor, person: Somebody): Promise<Visitor> {
  await givePassword(await toPassword(app, visitor), person);
  expect(visitor.page.step).toBe('challenge');
  return visitor;
}

/** All the way to the demo portal, by the next code of their app. */
export async function signIn(app: RunningApp, visitor: Visitor, person: Somebody): Promise<Visitor> {
  await toChallenge(app, visitor, person);
  app.clock.advance(30_000);
  await visitor.fill({ code: app.code(person.secret) }).submit();
  expect(visitor.page.url.origin).toBe(app.demoOrigin);
  return visitor;
}

/** A code that is wrong now and at every step beside. */
export function wrongCode(app: RunningApp, { secret: of }: Somebody): string {
  const near = [-2, -1, 0, 1, 2].map((steps) => app.code(of, steps));
  for (let number = 0; ; number += 1) {
    const code = String(111_111 + number);
    if (!near.includes(code)) return code;
  }
}

/** The audit log's events of one realm, newest first, with everything that was left in outboxes. */
export async function told(
  app: RunningApp,
  realm: string,
  filter: { type?: string; subject?: string; signIn?: string; reference?: string },
) {
  while ((await app.app.drain()) > 0);
  return (await app.app.audit.list(realm, { limit: 500, ...filter })).items;
}

export function signInOf(visitor: Visitor): string {
  const [, uid] = /\/sign-in\/([^/?]+)/.exec(visitor.page.url.pathname) ?? [];
  if (uid === undefined) throw new Error(`${visitor.page.url.href} is no page of a sign-in`);
  return uid;
}
