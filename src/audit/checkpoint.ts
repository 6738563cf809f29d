import { z } from 'zod';
import { type Keyring, sameText } from '../kernel/index.ts';
import { canonical } from './canonical.ts';

/**
 * What the chain was at a time, keyed; kept elsewhere (printed, mailed, on another machine) it shows later that
 * nothing up to there was changed or cut off, even by somebody who can write to the whole database.
 */
export interface Checkpoint {
  readonly realm: string;
  readonly seq: number;
  readonly hash: string;
  /** ISO 8601. */
  readonly at: string;
  readonly mac: string;
}

export const checkpointShape = z.object({
  realm: z.string(),
  seq: z.number().int().min(0),
  hash: z.string(),
  at: z.iso.datetime(),
  mac: z.string(),
});

export function signedCheckpoint(keyring: Keyring, open: Omit<Checkpoint, 'mac'>): Checkpoint {
  return { ...open, mac: checkpointMac(keyring, open) };
}

/** False for one that these keys did not make. */
export function isOurs(keyring: Keyring, checkpoint: Checkpoint): boolean {
  return sameText(checkpoint.mac, checkpointMac(keyring, checkpoint));
}

function checkpointMac(keyring: Keyring, { realm, seq, hash, at }: Omit<Checkpoint, 'mac'>): string {
  return keyring.mac('audit checkpoint', canonical([realm, seq, hash, at]));
}
