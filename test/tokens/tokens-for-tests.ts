import type { Imported, ImportRequest } from '../../src/tokens/import.ts';
import { codeOf, createTokens, type Tokens, timeStep } from '../../src/tokens/index.ts';
import { aStore, type StoreForTests } from '../support/store.ts';

export interface TokensForTests extends StoreForTests {
  readonly tokens: Tokens;
  /** Imports a text as a file. */
  load(text: string | Uint8Array, more?: Partial<ImportRequest>): Promise<Imported>;
}

export const operator = { kind: 'operator' } as const;

export async function someTokens(open: () => Promise<StoreForTests> = aStore): Promise<TokensForTests> {
  const opened = await open();
  const tokens = createTokens(opened);
  await opened.store.bootstrap();
  return {
    ...opened,
    tokens,
    load: (text, more = {}) => tokens.import({ realm: 'msp', source: parts(text), ...more }, operator),
  };
}

/** A file as a stream gives it: in parts that end anywhere. */
export async function* parts(content: string | Uint8Array, size = 1_000): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(content as string);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

export const secret = Buffer.from('12345678901234567890').toString('base64');

/** One time-based token and one counter-based one; the seed is RFC 4226's. */
export const twoTokens = `credential_id,kind,seed_base64\nGHST12345678,totp,${secret}\nGHMB87654321,hotp,${secret}\n`;

export const seed = { secret, algorithm: 'sha1', digits: 6 } as const;

/** What the time-based one shows at `now`, `steps` later. */
export const shown = (now: Date, steps = 0) => codeOf(seed, timeStep(30, now) + steps);
export const press = (counter: number) => codeOf(seed, counter);

/** The `n`th code that the token shows neither now nor a little earlier or later. */
export function wrong(now: Date, n = 0): string {
  const near = Array.from({ length: 9 }, (_, at) => shown(now, at - 4));
  const far = Array.from({ length: n + 10 }, (_, at) => String(111_111 + at)).filter((code) => !near.includes(code));
  return far[n] ?? '';
}
