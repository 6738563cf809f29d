/** Argon2id's cost: memory in KiB, passes, lanes (RFC 9106 §3.1). */
export interface Argon2Cost {
  readonly memoryKiB: number;
  readonly passes: number;
  readonly parallelism: number;
}

export interface Argon2Hash extends Argon2Cost {
  readonly salt: Buffer;
  readonly hash: Buffer;
}

const form = /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]{11,86})\$([A-Za-z0-9+/]{22,86})$/;
const unpadded = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '');

/** `$argon2id$v=19$m=19456,t=2,p=1$salt$hash`, base64 without padding (the PHC string format). */
export function formatPhc({ memoryKiB, passes, parallelism, salt, hash }: Argon2Hash): string {
  return `$argon2id$v=19$m=${memoryKiB},t=${passes},p=${parallelism}$${unpadded(salt)}$${unpadded(hash)}`;
}

/** Undefined for anything else than Argon2id version 19 at a cost that a server can bear (1 GiB, 16 passes, 16 lanes). */
export function parsePhc(text: string): Argon2Hash | undefined {
  const [, memory, passes, parallelism, salt, hash] = form.exec(text) ?? [];
  if (salt === undefined || hash === undefined) return undefined;
  const cost = { memoryKiB: Number(memory), passes: Number(passes), parallelism: Number(parallelism) };
  const isBearable =
    cost.parallelism >= 1 &&
    cost.parallelism <= 16 &&
    cost.passes >= 1 &&
    cost.passes <= 16 &&
    cost.memoryKiB >= 8 * cost.parallelism &&
    cost.memoryKiB <= 1_048_576;
  return isBearable ? { ...cost, salt: Buffer.from(salt, 'base64'), hash: Buffer.from(hash, 'base64') } : undefined;
}
