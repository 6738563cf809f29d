import { codeAt, stepAt, totpDefaults } from '../../src/factors/index.ts';
import { Visitor } from '../support/visitor.ts';

/** As in a realm file. */
export interface Person {
  readonly name: string;
  readonly email: string;
  readonly username: string;
  readonly password: string;
  /** Secret of their authenticator app, base32. */
  readonly authenticator: string;
}

export function people(count: number): Person[] {
  return Array.from({ length: count }, (_, index) => ({
    name: `Sam Sailor ${index}`,
    email: `sam${index}@harbour.example`,
    username: `sam${index}`,
    password: 'nineteen quiet harbours',
    authenticator: 'KRSXG5CTMVRXEZLUKRSXG5CTMVRXEZLU',
  }));
}

/** Ends their session at Gatehouse itself, where no portal sent them. */
export async function signOutElsewhere(browser: Visitor, issuer: string): Promise<void> {
  await browser.visit(`${issuer}/session/end`);
  expect(browser.page.step).toBe('sign-out');
  await browser.submit();
  expect(browser.page.step).toBe('signed-out');
}

/** A browser that comes to `door` of a portal and goes through our pages: password, then the code of the app. */
export async function signInAt(door: string, person: Person): Promise<Visitor> {
  const browser = new Visitor();
  await browser.visit(door);
  expect(browser.page.step).toBe('password');
  await browser.fill({ identifier: person.username, password: person.password }).submit();
  expect(browser.page.step).toBe('challenge');
  const code = codeAt({ secret: person.authenticator, ...totpDefaults }, stepAt(totpDefaults, new Date()));
  await browser.fill({ code }).submit();
  return browser;
}
