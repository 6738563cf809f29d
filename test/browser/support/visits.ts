import type { Page } from 'playwright-core';
import type { RunningApp } from '../../support/app.ts';
import { expectNoAxeViolations, sidewaysOverflow, type Visit } from '../../support/browser.ts';

export const wide = { width: 1100 } as const satisfies Visit;
export const narrowAndDark = { width: 320, theme: 'dark' } as const satisfies Visit;
export const withoutJavaScript = { width: 412, javaScript: false } as const satisfies Visit;

/** The ways in which people come that every second factor must work for. */
export const visits: readonly (readonly [string, Visit])[] = [
  ['wide', wide],
  ['dark, 320 px', narrowAndDark],
  ['without JavaScript', withoutJavaScript],
];

/** Of whoever `aPerson` makes. */
export const password = 'violet paper kangaroo';

/** A person of web1 who has a password, and their id. */
export async function aPerson({ app }: RunningApp, name: string): Promise<string> {
  const given = { realm: 'web1', name: 'Nadia New', username: name, email: `${name}@web1.example`, password };
  const made = await app.people.create(given);
  if (!made.ok) throw new Error(made.why);
  return made.user.id;
}

export const submit = (page: Page) => page.locator('main form button.primary').first().click();

/** Sends the user name and password at a portal of web1. */
export async function pastPassword(
  { demoOrigin }: RunningApp,
  page: Page,
  name: string,
  secret = password,
): Promise<void> {
  await page.goto(`${demoOrigin}/web1-mail/sign-in`);
  await page.fill('[name=identifier]', name);
  await page.fill('[name=password]', secret);
  await submit(page);
}

/**
 * The page of this step: nothing for axe-core, nothing that scrolls sideways. Where scripts do not run axe-core cannot
 * either: it waits by timers that never fire.
 */
export async function arrived(page: Page, step: string, { javaScript = true }: Visit = {}): Promise<void> {
  await page.locator(`main[data-step="${step}"]`).waitFor();
  if (javaScript) await expectNoAxeViolations(page);
  expect(await sidewaysOverflow(page)).toBe(0);
}

/** What the console of a page says is wrong, from now on, as what the CSP refused. Chromium says so of 4xx as well: not those. */
export function complaintsOf(page: Page): readonly string[] {
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' && !/status of 4\d\d/.test(message.text())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  return complaints;
}
