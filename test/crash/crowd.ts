import { codeAt, stepAt, totpDefaults } from '../../src/factors/index.ts';
import { Visitor } from '../support/visitor.ts';
import type { Victim } from './victim.ts';

/** Somebody, and what was answered to them: what no crash may take back. */
export interface Member {
  readonly username: string;
  readonly secret: string;
  /** Steps of codes that were accepted, and by which sign-in. */
  readonly accepted: Map<number, string>;
  /** Sign-ins that led back to the portal. */
  readonly completed: string[];
  /** Codes that were called wrong. */
  wrong: number;
}

const password = 'seven quiet harbours';
const redirectUri = 'https://inbox.example.test/callback';
const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

export function aMember(username: string): Member {
  const secret = Array.from(
    { length: 32 },
    (_, at) => letters[(at * 7 + username.charCodeAt(at % username.length)) % 32],
  );
  return { username, secret: secret.join(''), accepted: new Map(), completed: [], wrong: 0 };
}

export function realmFileOf(members: readonly Member[]): string {
  const people = members.map(
    ({ username, secret }) =>
      `  - { name: ${username}, username: ${username}, email: ${username}@crash.example, password: ${password}, authenticator: ${secret} }`,
  );
  return `realm: crash
name: Crash
policy:
  secondFactor: required
  idleMinutes: off
portals:
  - clientId: inbox
    name: Inbox
    kind: browser
    redirectUris: ["${redirectUri}"]
    postLogoutRedirectUris: ["https://inbox.example.test/"]
    homeUrl: "https://inbox.example.test/"
    scopes: [openid]
people:
${people.join('\n')}
`;
}

export const stepNow = (victim: Victim): number => stepAt(totpDefaults, new Date(victim.now()));
export const codeOf = ({ secret }: Member, step: number): string => codeAt({ secret, ...totpDefaults }, step);

function requestTo({ origin }: Victim, wishes: Readonly<Record<string, string>> = {}): string {
  const query = new URLSearchParams({
    ...{ client_id: 'inbox', response_type: 'code', redirect_uri: redirectUri, scope: 'openid', state: 's' },
    ...{ code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM', code_challenge_method: 'S256' },
    ...wishes,
  });
  return `${origin}/realms/crash/auth?${query.toString()}`;
}

/** A new browser, past the password. `heard` is called with each answer. */
async function pastPassword(victim: Victim, { username }: Member, heard: () => void): Promise<Visitor> {
  const visitor = new Visitor({ stopAt: [redirectUri], now: () => new Date(victim.now()) });
  await visitor.visit(requestTo(victim));
  heard();
  await visitor.fill({ identifier: username, password }).submit();
  heard();
  return visitor;
}

/** A password that was being judged when the product was killed counts as wrong: after five in a row they are to wait. */
const isToWait = ({ page }: Visitor) => page.step === 'password' && /Wait \d+ seconds?/.test(page.text);

/** What became of the code of that step: accepted, or not. Everything answered goes into the member's record. */
export async function tryCode(victim: Victim, member: Member, step: number, heard = () => {}): Promise<boolean> {
  const visitor = await pastPassword(victim, member, heard);
  if (isToWait(visitor)) return false;
  if (visitor.page.step !== 'challenge') throw new Error(`${member.username}: ${visitor.page.text}\n${victim.said()}`);
  const [, signIn = ''] = /\/sign-in\/([^/?]+)/.exec(visitor.page.url.pathname) ?? [];
  await visitor.fill({ code: codeOf(member, step) }).submitOnce();
  const { status, location } = visitor.page;
  // A refusal leads back to the page, with its fault.
  if (status !== 303 || location === undefined || location.searchParams.has('fault')) return false;
  if (member.accepted.has(step)) throw new Error(`${member.username}: the code of step ${step} was accepted twice`);
  member.accepted.set(step, signIn);
  heard();
  while (visitor.page.location !== undefined && !visitor.page.location.href.startsWith(redirectUri))
    await visitor.step();
  if (visitor.page.location?.searchParams.has('code') === true) member.completed.push(signIn);
  heard();
  return true;
}

/** Signs in by the code of now. What it returns says whether the session that this began answers the portal still. */
export async function aSession(victim: Victim, member: Member): Promise<() => Promise<boolean>> {
  const visitor = await pastPassword(victim, member, () => {});
  await visitor.fill({ code: codeOf(member, stepNow(victim)) }).submit();
  return async () => {
    await visitor.visit(requestTo(victim, { prompt: 'none' }));
    return visitor.page.location?.searchParams.has('code') === true;
  };
}

/** Three wrong codes in one sign-in, or fewer when a hold begins. */
export async function guess(victim: Victim, member: Member, heard: () => void): Promise<void> {
  const visitor = await pastPassword(victim, member, heard);
  const step = stepNow(victim);
  const near = new Set([-2, -1, 0, 1, 2].map((more) => codeOf(member, step + more)));
  const code = Array.from({ length: 6 }, (_, at) => String(111_111 * (at + 1))).find((one) => !near.has(one)) ?? '';
  for (let tries = 0; tries < 3 && visitor.page.step === 'challenge'; tries += 1) {
    await visitor.fill({ code }).submit();
    if (visitor.page.alerts.length > 0) member.wrong += 1;
    heard();
  }
}
