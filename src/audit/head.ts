import { z } from 'zod';
import { type Keyring, sameText } from '../kernel/index.ts';
import type { Declaration, Doc } from '../store/index.ts';
import { canonical } from './canonical.ts';
import type { Place } from './link.ts';

/** Where a realm's chain ends and begins, keyed: a tail or a beginning that is cut off is missed. `id` is the realm. */
export interface Head extends Doc {
  readonly id: string;
  /** The last record known to be written; the chain may be ahead of it after a crash, never behind. */
  readonly last: Place;
  /** Retention removed everything up to here. */
  readonly anchor: Place;
  readonly mac: string;
}

const place = z.object({ seq: z.number(), hash: z.string() });

export const headsDeclaration: Declaration<Head> = {
  name: 'audit_heads',
  shape: z.object({ id: z.string(), last: place, anchor: place, mac: z.string() }),
  indexes: [],
};

export function signedHead(keyring: Keyring, realm: string, last: Place, anchor: Place): Head {
  return { id: realm, last, anchor, mac: headMac(keyring, realm, last, anchor) };
}

export function isGenuine(keyring: Keyring, head: Head): boolean {
  return sameText(head.mac, headMac(keyring, head.id, head.last, head.anchor));
}

function headMac(keyring: Keyring, realm: string, last: Place, anchor: Place): string {
  return keyring.mac('audit head', canonical([realm, last, anchor]));
}
