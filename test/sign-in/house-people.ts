import { codeAt, type Method, stepAt, totpDefaults, totpMethod } from '../../src/factors/index.ts';
import type { User } from '../../src/people/index.ts';
import type { SignInRequest } from '../../src/sign-in/index.ts';
import type { House } from './house.ts';
import type { Answer, Browser } from './house-browser.ts';

export const password = 'seven green bicycles';
export const secret = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP';

export async function anApp(house: House, person: User, key = secret): Promise<Method> {
  const added = await house.factors.methods.add(
    { realm: 'web1', userId: person.id, kind: 'totp', ...totpMethod(key) },
    { actor: { kind: 'system' } },
  );
  if (!added.ok) throw new Error(added.why);
  return added.method;
}

/** The code that an app shows now, or some steps away. */
export function codeNow(house: House, steps = 0, key = secret): string {
  const seed = { ...totpDefaults, secret: key };
  return codeAt(seed, stepAt(seed, house.clock.now()) + steps);
}

/** A code that is none of those near now. */
export function wrongCode(house: House, key = secret): string {
  const near = [-2, -1, 0, 1, 2].map((steps) => codeNow(house, steps, key));
  for (let n = 0; ; n += 1) {
    const code = String(n).padStart(6, '0');
    if (!near.includes(code)) return code;
  }
}

/** Begins a sign-in and gives the right password. */
export async function pastPassword(
  browser: Browser,
  identifier = 'mia',
  request: Partial<SignInRequest> = {},
): Promise<string> {
  const uid = browser.house.begin(browser, request);
  const answer = await browser.post(`/sign-in/${uid}/password`, { identifier, password });
  if (answer.to === undefined) throw new Error(`no way on from the password: ${JSON.stringify(answer.page?.faults)}`);
  return uid;
}

/** The code in the mail that went last; to `address` alone, if given. */
export async function mailedCode(house: House, address?: string): Promise<string> {
  const mails = (await house.outbox('attempts')).filter(({ body }) => body['template'] === 'email-code');
  const last = mails.findLast(({ body }) => address === undefined || body['to'] === address);
  if (last === undefined) throw new Error('no code was mailed');
  const secrets = house.keyring.open(String(last.body['secrets']), `outbox:${last.id}:secrets`);
  return (JSON.parse(secrets) as { readonly code: string }).code;
}

/** The secret that an enrolment page shows. */
export function secretOn(answer: Answer): string {
  const factor = answer.page?.model?.['factor'] as { readonly secret?: string } | undefined;
  if (factor?.secret === undefined) throw new Error(`no secret on ${answer.page?.step ?? answer.to ?? 'nothing'}`);
  return factor.secret;
}

/** What the page of a step was given. */
export function modelOf(answer: Answer): Readonly<Record<string, unknown>> {
  if (answer.page?.model === undefined) throw new Error(`no page but ${answer.to ?? 'nothing'}`);
  return answer.page.model;
}
