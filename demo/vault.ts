import type { Context } from 'koa';
import type { Sessions } from './sessions.ts';

/** What the vault wants of a sign-in: two factors, and so many seconds ago at most. */
export const vaultWants = { acrValues: 'mfa phr', maxAgeS: 300 } as const;

/**
 * The portal's API: a protected resource that is particular about how its caller's person signed in. RFC 9470 §3: a
 * token that is good, of a sign-in that is not, is answered by what would do.
 * It knows tokens as the portal's own back end does, from the portal's sessions, whose ID token says how sure we are.
 */
export function answerForVault(context: Context, sessions: Pick<Sessions, 'findByToken'>, now: Date): void {
  const [, token] = /^Bearer ([\w.~+/-]+=*)$/i.exec(context.get('authorization')) ?? [];
  const signedIn = token === undefined ? undefined : sessions.findByToken(token);
  if (token === undefined) return challenge(context, {});
  if (signedIn === undefined) return challenge(context, { error: 'invalid_token' });
  const { acr, auth_time: authTime } = signedIn.claims;
  const ageS = Math.floor(now.getTime() / 1000) - Number(authTime);
  if (!vaultWants.acrValues.split(' ').includes(String(acr)) || !(ageS <= vaultWants.maxAgeS)) {
    return challenge(context, {
      error: 'insufficient_user_authentication',
      error_description: 'Two factors are needed, and a sign-in of the last five minutes',
      acr_values: vaultWants.acrValues,
      max_age: String(vaultWants.maxAgeS),
    });
  }
  context.body = { content: 'Nothing but a note that says: well done.' };
}

function challenge(context: Context, parameters: Readonly<Record<string, string>>): void {
  const list = Object.entries({ realm: 'vault', ...parameters }).map(([name, value]) => `${name}="${value}"`);
  context.status = 401;
  context.set('www-authenticate', `Bearer ${list.join(', ')}`);
  context.body = { error: parameters['error'] ?? 'no_token' };
}
