import type { Adapter, AdapterPayload } from 'oidc-provider';

/** Of a token, grant or session that has more to it than who, for whom, until when and what. */
const particulars = [
  ...['aud', 'claims', 'format', 'jkt', 'x5t#S256', 'rejected'],
  ...['attestationJkt', 'consumed', 'rar', 'resource'],
] as const;

/** Seconds since 1970, as oidc-provider counts them. */
export const epochS = (): number => Math.floor(Date.now() / 1000);

/** Whether it lasts and there is nothing to it that takes judgement. */
export function isPlain(
  found: AdapterPayload | undefined | void,
  kind: 'AccessToken' | 'Grant' | 'RefreshToken' | 'Session',
): found is AdapterPayload {
  if (found === undefined || found === null || found.kind !== kind) return false;
  return (
    typeof found.exp === 'number' && found.exp > epochS() && !particulars.some((name) => found[name] !== undefined)
  );
}

/** The grant behind a token, where it is this person's and portal's and says no more than what they agreed to. */
export function isGrantOf(
  grant: AdapterPayload | undefined | void,
  { accountId, clientId }: AdapterPayload,
): grant is AdapterPayload {
  return isPlain(grant, 'Grant') && grant.accountId === accountId && grant.clientId === clientId;
}

/** Whether a token that ends with its session is good still. */
export async function lasts(sessions: Adapter, token: AdapterPayload): Promise<boolean> {
  if (token.expiresWithSession !== true) return true;
  const session = await sessions.findByUid(String(token.sessionUid));
  if (!isPlain(session, 'Session') || session.accountId !== token.accountId) return false;
  return session.authorizations?.[token.clientId ?? '']?.grantId === token.grantId;
}

/** Those of `asked` that were granted about people, in the order of the grant. */
export function scopesGranted(grant: AdapterPayload, asked: string | undefined): readonly string[] {
  const { scope = '' } = (grant['openid'] ?? {}) as { readonly scope?: string };
  const wanted = asked?.split(' ') ?? [];
  return scope.split(' ').filter((each) => wanted.includes(each));
}
