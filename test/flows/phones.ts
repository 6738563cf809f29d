import type { RunningApp } from '../support/app.ts';
import type { TwilioServer } from '../support/twilio.ts';
import type { Visitor } from '../support/visitor.ts';
import { aBrowser, givePassword, type Somebody, somebody, toPassword } from './people.ts';

let made = 0;

/** A number that nobody else in this process has; of one country after the other, as limits count by their prefixes. */
export function aNumber(): string {
  made += 1;
  const shapes = ['+49151234567', '+43664123456', '+316123456', '+336123456', '+4479123456', '+346123456'];
  const shape = shapes[made % shapes.length] ?? '';
  return `${shape}${10 + Math.floor(made / shapes.length)}`;
}

/** At the page that asks for a number. */
export async function toEnrolment(app: RunningApp, person: Somebody): Promise<Visitor> {
  const visitor = aBrowser(app);
  await givePassword(await toPassword(app, visitor), person);
  await visitor.submit(/get started/i);
  if (visitor.page.step === 'choose-method') await visitor.submit(/codes by phone/i);
  expect(visitor.page.step).toBe('enrol-phone');
  return visitor;
}

export interface Phoned extends Somebody {
  readonly number: string;
}

/** Somebody who has proven a number; much later, so that no limit is near. `fields`: of the first page. */
export async function somebodyPhoned(
  app: RunningApp,
  twilio: TwilioServer,
  fields: Readonly<Record<string, string>> = {},
): Promise<Phoned> {
  const person = await somebody(app, 'web1', { hasApp: false });
  const visitor = await toEnrolment(app, person);
  const number = aNumber();
  await visitor.fill({ phone: number, channel: 'sms', ...fields }).submit();
  if (fields['channel'] === 'voice') await twilio.listen();
  await visitor.fill({ code: twilio.code }).submit();
  if (visitor.page.url.origin !== app.demoOrigin) throw new Error(`not set up: ${visitor.page.text}`);
  app.clock.advance(24 * 3_600_000);
  return { ...person, number };
}

/** Password given: the code was sent. */
export async function toCode(app: RunningApp, person: Somebody, visitor = aBrowser(app)): Promise<Visitor> {
  await givePassword(await toPassword(app, visitor), person);
  expect(visitor.page.step).toBe('challenge');
  return visitor;
}

/** A code that is not this one. */
export const otherThan = (code: string): string => (code === '111111' ? '222222' : '111111');
