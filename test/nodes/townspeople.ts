import { codeAt, stepAt, totpDefaults, totpMethod } from '../../src/factors/index.ts';
import type { User } from '../../src/people/index.ts';
import type { ServerNode } from '../support/nodes.ts';
import type { Visitor } from '../support/visitor.ts';
import type { Town } from './town.ts';

export interface Townsperson {
  readonly user: User;
  readonly username: string;
}

export interface Tokens {
  readonly access_token: string;
  readonly refresh_token: string;
}

const password = 'nineteen quiet harbours';
const secret = 'KRSXG5CTMVRXEZLUKRSXG5CTMVRXEZLU';
let made = 0;

/** Somebody new, with an authenticator app where the realm asks for one, unless `hasApp` is false. */
export async function somebody(
  { operator }: Town,
  realm = 'harbour',
  { hasApp = realm === 'harbour' } = {},
): Promise<Townsperson> {
  made += 1;
  const username = `somebody${made}`;
  const added = await operator.people.create({ realm, username, password, name: `Sam Body ${made}` });
  if (!added.ok) throw new Error(added.why);
  if (hasApp) {
    const method = { realm, userId: added.user.id, kind: 'totp', ...totpMethod(secret) };
    await operator.factors.methods.add(method, { actor: { kind: 'system' } });
  }
  return { user: added.user, username };
}

/** What everybody's app shows (or one with the secret `of`), by the real time. `steps`: later or earlier. */
export const code = (steps = 0, of = secret): string =>
  codeAt({ secret: of, ...totpDefaults }, stepAt(totpDefaults, new Date()) + steps);

/** Wrong now and for a minute to come. */
export function wrongCode(): string {
  const near = [-3, -2, -1, 0, 1, 2, 3].map((steps) => code(steps));
  for (let number = 111_111; ; number += 1) if (!near.includes(String(number))) return String(number);
}

export const givePassword = (visitor: Visitor, { username }: Townsperson) =>
  visitor.fill({ identifier: username, password }).submit();

/** Password given, code not. */
export async function toChallenge(town: Town, visitor: Visitor, person: Townsperson): Promise<Visitor> {
  await visitor.visit(town.request().url);
  await givePassword(visitor, person);
  const { step, status, text } = visitor.page;
  if (step !== 'challenge') throw new Error(`not asked for a code: ${status} ${step ?? ''} ${text}`);
  return visitor;
}

/** Where they were sent back to the portal: the authorization code. */
export function authorizationCode(visitor: Visitor): string {
  const { location, status, step, text } = visitor.page;
  const found = location?.searchParams.get('code');
  if (found === undefined || found === null)
    throw new Error(`not back at the portal with a code: ${status} ${step ?? ''} ${text}`);
  return found;
}

/** All the way; the authorization code is not redeemed yet. */
export async function signIn(town: Town, visitor: Visitor, person: Townsperson) {
  const { url, verifier } = town.request(person.user.realm);
  await visitor.visit(url);
  await givePassword(visitor, person);
  if (visitor.page.step === 'challenge') await visitor.fill({ code: code() }).submit();
  return { code: authorizationCode(visitor), verifier };
}

/** A further authorization code from the session that this browser has. */
export async function again(town: Town, visitor: Visitor, realm = 'harbour') {
  const { url, verifier } = town.request(realm, { prompt: 'none' });
  await visitor.visit(url);
  return { code: authorizationCode(visitor), verifier };
}

export const redeem = (
  town: Town,
  given: { readonly code: string; readonly verifier: string },
  through?: ServerNode,
  realm?: string,
) =>
  town.post(
    '/token',
    {
      ...{ grant_type: 'authorization_code', redirect_uri: 'https://till.example.test/callback' },
      ...{ code: given.code, code_verifier: given.verifier },
    },
    through,
    realm,
  );

export const refresh = (town: Town, token: string, through?: ServerNode, realm?: string) =>
  town.post('/token', { grant_type: 'refresh_token', refresh_token: token }, through, realm);

export const tokensOf = ({ status, body }: { readonly status: number; readonly body: string }): Tokens => {
  if (status !== 200) throw new Error(`no tokens: ${status} ${body}`);
  return JSON.parse(body) as Tokens;
};

/** The audit log's events about somebody, whoever's turn it is to write them down. */
export async function told({ operator }: Town, type: string, subject: string, realm = 'harbour') {
  while ((await operator.drain()) > 0);
  return (await operator.audit.list(realm, { limit: 500, type, subject })).items;
}
