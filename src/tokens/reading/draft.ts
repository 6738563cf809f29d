import { readCredentialId } from '../credential-id.ts';
import { resyncWindow } from '../match.ts';

export type Kind = 'totp' | 'hotp';

/** A token as a file describes it, judged. */
export interface Draft {
  readonly credentialId: string;
  /** Base64. */
  readonly secret: string;
  readonly kind: Kind;
  readonly algorithm: 'sha1' | 'sha256' | 'sha512';
  readonly digits: 6 | 8;
  readonly periodS: 30 | 60;
  readonly nextCounter: number;
  readonly driftSteps: number;
  readonly serial?: string;
  readonly issuer?: string;
  readonly organization?: string;
  /** Email, user name or id of each person it is for. */
  readonly assignTo: readonly string[];
  readonly blocked?: 'lost' | 'disabled';
  readonly expiresAt?: Date;
}

/** The same as it stands in a file: texts; absent and '' are the same. */
export interface RawToken {
  readonly credentialId: string;
  readonly seed: Uint8Array;
  readonly kind: string;
  readonly algorithm?: string | undefined;
  readonly digits?: string | undefined;
  readonly periodS?: string | undefined;
  readonly counter?: string | undefined;
  readonly driftSteps?: string | undefined;
  readonly serial?: string | undefined;
  readonly issuer?: string | undefined;
  readonly organization?: string | undefined;
  readonly assignTo?: string | undefined;
  readonly expires?: string | undefined;
  /** As an export says it: only `lost` and `disabled` are kept, the rest follows from the others. */
  readonly state?: string | undefined;
}

/** One token of a file, or what is wrong with it. Faults are for the person who imports, and never hold a secret. */
export type Read =
  | { readonly line: number; readonly draft: Draft }
  | { readonly line: number; readonly faults: readonly string[] }
  /** Understood, and no generator of codes. */
  | { readonly line: number; readonly skipped: string };

/** NIST SP 800-63B-4 §3.1.4.1: 112 bits. Older tokens have 80; who imports may allow them. */
const leastSeedBytes = 14;
const leastSeedBytesAllowed = 10;
const mostSeedBytes = 128;

/** So long after the first that no real token is there yet, and a counter stays a whole number by far. */
const mostCounter = 2 ** 40;

const algorithms: Readonly<Record<string, Draft['algorithm']>> = {
  '': 'sha1',
  sha1: 'sha1',
  hmacsha1: 'sha1',
  sha256: 'sha256',
  hmacsha256: 'sha256',
  sha512: 'sha512',
  hmacsha512: 'sha512',
};

export function judgeToken(raw: RawToken, line: number, options: { readonly allowsShortSeeds?: boolean }): Read {
  const faults: string[] = [];
  const fault = (text: string) => void faults.push(text);

  const credentialId = readCredentialId(raw.credentialId);
  if (credentialId === undefined) fault('the Credential ID is not 4 to 32 letters and digits');

  const kind = raw.kind.trim().toLowerCase();
  if (kind !== 'totp' && kind !== 'hotp') fault('the kind is neither TOTP nor HOTP');

  const least = options.allowsShortSeeds === true ? leastSeedBytesAllowed : leastSeedBytes;
  if (raw.seed.length < least) fault(`the seed is shorter than ${least * 8} bits`);
  if (raw.seed.length > mostSeedBytes) fault(`the seed is longer than ${mostSeedBytes} bytes`);

  const algorithm = algorithms[text(raw.algorithm).toLowerCase().replaceAll(/[-_ ]/g, '')];
  if (algorithm === undefined) fault('the algorithm is none of SHA-1, SHA-256, SHA-512');

  const digits = whole(raw.digits, 6);
  if (digits !== 6 && digits !== 8) fault('codes of 6 or 8 digits are understood, no others');

  const periodS = whole(raw.periodS, 30);
  if (kind === 'totp' && periodS !== 30 && periodS !== 60)
    fault('a period of 30 or 60 seconds is understood, no other');

  const counter = whole(raw.counter, 0);
  if (counter === undefined || counter > mostCounter) fault('the counter is not a whole number from 0');

  const drift = text(raw.driftSteps);
  if (!/^(-?\d{1,3})?$/.test(drift) || Math.abs(Number(drift)) > resyncWindow)
    fault(`the drift is not a whole number of steps from -${resyncWindow} to ${resyncWindow}`);

  const expiresAt = readDate(text(raw.expires));
  if (expiresAt === 'wrong') fault('the end of its life is no date such as 2031-12-31 or 2031-12-31T00:00:00Z');

  const state = text(raw.state).toLowerCase();
  if (!['', 'available', 'assigned', 'expired', 'lost', 'disabled'].includes(state)) fault('the state is unknown');

  const texts = { serial: raw.serial, issuer: raw.issuer, organization: raw.organization, assignTo: raw.assignTo };
  const kept: Partial<Record<keyof typeof texts, string>> = {};
  for (const [name, value] of Object.entries(texts) as [keyof typeof texts, string | undefined][]) {
    const given = text(value);
    const why = whyNotText(given);
    if (why !== undefined) fault(`the ${names[name]} ${why}`);
    else if (given !== '') kept[name] = given;
  }

  if (
    faults.length > 0 ||
    credentialId === undefined ||
    (kind !== 'totp' && kind !== 'hotp') ||
    algorithm === undefined ||
    (digits !== 6 && digits !== 8) ||
    counter === undefined ||
    expiresAt === 'wrong'
  )
    return { line, faults };
  const { assignTo = '', ...described } = kept;
  const draft: Draft = {
    credentialId,
    secret: Buffer.from(raw.seed).toString('base64'),
    kind,
    algorithm,
    digits,
    periodS: periodS === 60 ? 60 : 30,
    // A time-based token's own counter is the time: nothing of it is spent yet.
    nextCounter: kind === 'hotp' ? counter : 0,
    driftSteps: kind === 'totp' ? Number(drift) || 0 : 0,
    ...described,
    assignTo: assignTo === '' ? [] : assignTo.split(/\s+/),
    ...(state === 'lost' || state === 'disabled' ? { blocked: state } : {}),
    ...(expiresAt === undefined ? {} : { expiresAt }),
  };
  return { line, draft };
}

const names = {
  serial: 'serial number',
  issuer: 'issuer',
  organization: 'organization',
  assignTo: 'person it is assigned to',
} as const;

const longestText = 256;

/** Written into lists that spreadsheets open: nothing that such a program would compute. */
function whyNotText(value: string): string | undefined {
  if (value.length > longestText) return `is longer than ${longestText} characters`;
  if (/[\p{Cc}\p{Cs}\u2028\u2029]/u.test(value)) return 'holds a control character';
  return /^[=+\-@]/.test(value) ? 'begins with =, +, - or @, which spreadsheets compute' : undefined;
}

function text(value: string | undefined): string {
  return (value ?? '').trim();
}

/** `otherwise` when absent, undefined when it is no whole number. */
function whole(value: string | undefined, otherwise: number): number | undefined {
  const digits = text(value);
  if (digits === '') return otherwise;
  return /^\d{1,15}$/.test(digits) ? Number(digits) : undefined;
}

const date = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2}))?$/;

function readDate(value: string): Date | 'wrong' | undefined {
  if (value === '') return undefined;
  if (!date.test(value)) return 'wrong';
  const at = new Date(value);
  if (Number.isNaN(at.getTime())) return 'wrong';
  // A month has no 31st day that it has not: Date would go on into the next one.
  return new Date(`${value.slice(0, 10)}T00:00:00Z`).toISOString().slice(0, 10) === value.slice(0, 10) ? at : 'wrong';
}
