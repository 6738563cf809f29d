/** One claim, in words. */
export interface ClaimInWords {
  readonly name: string;
  readonly label: string;
  readonly words: string;
}

const labels: Readonly<Record<string, string>> = {
  sub: 'Who, as this provider knows them',
  name: 'Name',
  given_name: 'Given name',
  family_name: 'Family name',
  preferred_username: 'User name',
  email: 'Email',
  email_verified: 'Email is proven',
  locale: 'Language',
  zoneinfo: 'Time zone',
  updated_at: 'Profile last changed',
  acr: 'How surely',
  amr: 'By which proofs',
  auth_time: 'Signed in at',
  iat: 'Token issued at',
  exp: 'Token valid until',
  iss: 'Issued by',
  aud: 'Issued for',
  azp: 'Authorized party',
  sid: 'Session',
  nonce: 'Nonce of this sign-in',
  at_hash: 'Hash of the access token',
  org_id: 'Organization id',
  org_name: 'Organization',
  roles: 'Roles',
};

const times = new Set(['auth_time', 'iat', 'exp', 'updated_at', 'nbf']);

const levels: Readonly<Record<string, string>> = {
  single: 'one factor',
  mfa: 'two factors',
  phr: 'two factors, one of them a passkey (resists phishing)',
};

// RFC 8176 §2
const proofs: Readonly<Record<string, string>> = {
  pwd: 'a password',
  otp: 'a one-time code',
  sms: 'a text message',
  tel: 'a telephone call',
  hwk: 'a key bound to a device',
  swk: 'a key kept in software',
  user: 'a test that the user was there and meant it',
  mfa: 'two different kinds together',
};

// The order in which a reader asks: who, how surely, when; then the rest as it came.
const order = ['name', 'preferred_username', 'email', 'email_verified', 'acr', 'amr', 'auth_time', 'sub'];

export function claimsInWords(claims: Readonly<Record<string, unknown>>): ClaimInWords[] {
  const rank = (name: string) => (order.includes(name) ? order.indexOf(name) : order.length);
  return Object.entries(claims)
    .sort(([a], [b]) => rank(a) - rank(b))
    .map(([name, value]) => ({ name, label: labels[name] ?? name, words: inWords(name, value) }));
}

function inWords(name: string, value: unknown): string {
  if (times.has(name) && typeof value === 'number') return moment(value);
  if (name === 'acr' && typeof value === 'string') return explained(value, levels);
  if (name === 'amr' && Array.isArray(value)) return value.map((one) => explained(String(one), proofs)).join('; ');
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'string' || typeof value === 'number') return String(value);
  if (Array.isArray(value) && value.every((one) => typeof one === 'string')) return value.join(', ');
  return JSON.stringify(value);
}

function explained(value: string, words: Readonly<Record<string, string>>): string {
  const found = Object.hasOwn(words, value) ? words[value] : undefined;
  return found === undefined ? value : `${value} (${found})`;
}

function moment(seconds: number): string {
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime())
    ? String(seconds)
    : `${date.toISOString().replace('T', ' ').replace('.000Z', '')} UTC`;
}
