import { createHash, randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { codeAt, stepAt, totpDefaults } from '../../src/factors/index.ts';
import type { Endpoints } from './endpoints.ts';
import { secretForm } from './form.ts';
import type { Answer, Lane } from './lane.ts';
import { PersonBrowser } from './person-browser.ts';
import { authenticatorSecret, emailOf, password, redirectUri, scope, type Target } from './target.ts';

export interface Tokens {
  readonly access_token: string;
  readonly refresh_token?: string;
}

const longestWay = 20;

/** A whole sign-in in a new browser: pages, password, code, and the portal's exchange of the code. */
export async function signIn(lane: Lane, target: Target, endpoints: Endpoints, person: number): Promise<Tokens> {
  const browser = new PersonBrowser(lane);
  const verifier = randomBytes(32).toString('base64url');
  let answer = await browser.ask(authorizationRequest(target, endpoints, verifier));
  let here = endpoints.authorization;
  for (let hops = 0; hops < longestWay; hops += 1) {
    if (answer.location?.href.startsWith(redirectUri) === true) {
      return await exchange(lane, target, endpoints, answer.location, verifier);
    }
    if (answer.retryAfterS !== undefined && answer.status === 429) {
      // As people do who are told to.
      await pause(answer.retryAfterS * 1000);
      answer = await browser.ask(here);
    } else if (answer.location === undefined) {
      const { action, values } = filledIn(answer, person);
      here = new URL(action, here);
      answer = await browser.ask(here, { form: values });
    } else {
      here = answer.location;
      answer = await browser.ask(here);
    }
  }
  throw new Error(`sign-in: sent in circles, at ${here.pathname} in the end`);
}

export function authorizationRequest({ portal }: Target, { authorization }: Endpoints, verifier: string): URL {
  const url = new URL(authorization);
  url.search = new URLSearchParams({
    client_id: portal.clientId,
    response_type: 'code',
    scope,
    redirect_uri: redirectUri,
    state: randomBytes(16).toString('base64url'),
    nonce: randomBytes(16).toString('base64url'),
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  }).toString();
  return url;
}

function filledIn({ status, body }: Answer, person: number): { action: string; values: Record<string, string> } {
  const form = status === 200 ? secretForm(body) : undefined;
  if (form === undefined) throw new Error(`sign-in: no form on a page (${status}): ${textOf(body)}`);
  const typed: Record<string, string> = { identifier: emailOf(person), password, code: codeNow() };
  const values = [...form.fields].map(([name, value]) => [name, typed[name] ?? value]);
  return { action: form.action, values: Object.fromEntries(values) as Record<string, string> };
}

function codeNow(): string {
  return codeAt({ secret: authenticatorSecret, ...totpDefaults }, stepAt(totpDefaults, new Date()));
}

async function exchange(lane: Lane, target: Target, { token }: Endpoints, callback: URL, verifier: string) {
  const code = callback.searchParams.get('code');
  if (code === null) throw new Error(`sign-in: the portal was told ${callback.search}`);
  const { clientId, clientSecret } = target.portal;
  const { status, body } = await lane.ask(token, {
    form: {
      grant_type: 'authorization_code',
      code,
      code_verifier: verifier,
      redirect_uri: redirectUri,
      client_id: clientId,
      client_secret: clientSecret,
    },
  });
  if (status !== 200) throw new Error(`sign-in: the code was not exchanged (${status}): ${body}`);
  return JSON.parse(body) as Tokens;
}

function textOf(html: string): string {
  return html
    .replace(/<(script|style|svg)[\s\S]*?<\/\1>|<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .slice(0, 300);
}
