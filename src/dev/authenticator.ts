import { createGuardrails, generateSync, type HashAlgorithm } from 'otplib';
import type { AuthenticatorAccount, AuthenticatorPage } from './page-models.ts';

/** What an authenticator app keeps of one account. */
export interface AppAccount {
  readonly label: string;
  readonly issuer: string;
  /** Base32, upper case, without padding. */
  readonly secret: string;
  readonly algorithm: HashAlgorithm;
  readonly digits: 6 | 7 | 8;
  readonly periodS: number;
}

type Read = { ok: true; account: AppAccount } | { ok: false; why: NonNullable<AuthenticatorPage['fault']> };

// Apps take what they are given; 80 bits are what the oldest set-up pages still show.
const minSecretBytes = 10;
const guardrails = createGuardrails({ MIN_SECRET_BYTES: minSecretBytes, MAX_SECRET_BYTES: 128 });
const algorithms: readonly HashAlgorithm[] = ['sha1', 'sha256', 'sha512'];

/** Reads what was pasted: an `otpauth://` address, or a secret alone (SHA-1, 6 digits, 30 s). */
export function readPasted(pasted: string): Read {
  const text = pasted.trim();
  return text.toLowerCase().startsWith('otpauth:') ? readAddress(text) : readSecret(text);
}

/** What stands there for a key that names neither account nor issuer. */
const unnamed = { label: 'The key you pasted', issuer: 'No issuer named' };

export function readSecret(text: string, label = unnamed.label, issuer = unnamed.issuer): Read {
  const secret = text.replace(/[\s-]/g, '').replace(/=+$/, '').toUpperCase();
  if (!/^[A-Z2-7]*$/.test(secret)) return { ok: false, why: 'not_base32' };
  const bytes = Math.floor((secret.length * 5) / 8);
  if (bytes < minSecretBytes) return { ok: false, why: 'too_short' };
  if (bytes > 128 || [1, 3, 6].includes(secret.length % 8)) return { ok: false, why: 'not_base32' };
  return { ok: true, account: { label, issuer, secret, algorithm: 'sha1', digits: 6, periodS: 30 } };
}

// The key URI format: https://github.com/google/google-authenticator/wiki/Key-Uri-Format
function readAddress(text: string): Read {
  const address = URL.canParse(text) ? new URL(text) : undefined;
  if (address?.host.toLowerCase() !== 'totp') return { ok: false, why: 'not_totp' };
  const given = address.searchParams;
  const algorithm = algorithms.find((one) => one === (given.get('algorithm') ?? 'sha1').toLowerCase());
  const digits = ([6, 7, 8] as const).find((one) => String(one) === (given.get('digits') ?? '6'));
  const periodS = Number(given.get('period') ?? 30);
  const isPeriod = Number.isInteger(periodS) && periodS >= 5 && periodS <= 300;
  const path = decoded(address.pathname.replace(/^\/+/, ''));
  if (algorithm === undefined || digits === undefined || !isPeriod || path === undefined) {
    return { ok: false, why: 'not_totp' };
  }
  const [first = '', rest] = path.split(/:(.*)/s);
  const label = (rest ?? first).trim();
  const issuer = given.get('issuer') ?? (rest === undefined ? unnamed.issuer : first);
  const read = readSecret(given.get('secret') ?? '', label === '' ? unnamed.label : label, issuer);
  return read.ok ? { ok: true, account: { ...read.account, algorithm, digits, periodS } } : read;
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** What the app shows at `now`. */
export function showAccount(account: AppAccount, now: Date, isPasted: boolean): AuthenticatorAccount {
  const { secret, algorithm, digits, periodS } = account;
  const epoch = Math.floor(now.getTime() / 1000);
  const codeAt = (epochS: number) =>
    generateSync({ secret, algorithm, digits, period: periodS, epoch: epochS, guardrails });
  const code = codeAt(epoch);
  const half = Math.ceil(digits / 2);
  return {
    label: account.label,
    issuer: account.issuer,
    code,
    codeSpaced: `${code.slice(0, half)} ${code.slice(half)}`,
    nextCode: codeAt(epoch + periodS),
    periodS,
    remainingS: periodS - (epoch % periodS),
    isPasted,
  };
}
