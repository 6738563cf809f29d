import { digest, type Keyring, randomToken, sameText } from '../kernel/index.ts';
import { canonical } from './canonical.ts';
import type { AuditEvent } from './event.ts';
import { type AuditRecord, type Personal, type PersonalField, personalFields, recordsDeclaration } from './record.ts';

/** A place in a chain: after the record with this number and hash. */
export interface Place {
  readonly seq: number;
  readonly hash: string;
}

/** Where a realm's chain begins. */
export function origin(realm: string): Place {
  return { seq: 0, hash: digest(`gatehouse audit\0${realm}`) };
}

export function recordId(realm: string, seq: number): string {
  return `${realm}/${seq}`;
}

/** Type of the record that is written where the end of the chain is not as we left it. */
export const chainBroken = 'audit.chain_broken';

const version = 1;
const saltBytes = 16;

/** The record of `event`, behind `after`. */
export function link(keyring: Keyring, after: Place, item: string, at: Date, event: AuditEvent): AuditRecord {
  const { type, realm, actor, portal, ...rest } = event;
  const personal: Personal = { ...rest, ...(actor.id === undefined ? {} : { actor: actor.id }) };
  const salts: Partial<Record<PersonalField, string>> = {};
  const commitments: Partial<Record<PersonalField, string>> = {};
  for (const field of personalFields) {
    if (personal[field] === undefined) continue;
    const salt = randomToken(saltBytes);
    salts[field] = salt;
    commitments[field] = commitment(field, salt, personal[field]);
  }
  const seq = after.seq + 1;
  const open = {
    id: recordId(realm, seq),
    realm,
    seq,
    item,
    at,
    type,
    actorKind: actor.kind,
    ...(portal === undefined ? {} : { portal }),
    commitments,
    previous: after.hash,
  };
  const hash = hashOf(open);
  return { ...open, personal, salts, hash, seal: sealOf(keyring, hash) };
}

/** Whether the record is as it was written, apart from what was erased on purpose. */
export function isIntact(keyring: Keyring, record: AuditRecord): boolean {
  return (
    recordsDeclaration.shape.safeParse(record).success &&
    record.id === recordId(record.realm, record.seq) &&
    record.hash === hashOf(record) &&
    sameText(record.seal, sealOf(keyring, record.hash)) &&
    (record.erased === undefined || sameText(record.erased.mac, erasureMac(keyring, record, record.erased))) &&
    hasOnlyKnownFields(record) &&
    personalFields.every((field) => isFieldIntact(record, field))
  );
}

/** Keyed, so that leaving values out is erasing only when we did it. */
export function erasureMac(
  keyring: Keyring,
  record: Pick<AuditRecord, 'hash'>,
  { at, fields }: { readonly at: Date; readonly fields: readonly string[] },
): string {
  return keyring.mac('audit erasure', canonical([record.hash, at, fields]));
}

function isFieldIntact({ personal, salts, commitments, erased }: AuditRecord, field: PersonalField): boolean {
  const [value, salt, committed] = [personal[field], salts[field], commitments[field]];
  const isGone = value === undefined && salt === undefined;
  if (committed === undefined) return isGone;
  if (erased?.fields.includes(field) === true) return isGone;
  return value !== undefined && salt !== undefined && committed === commitment(field, salt, value);
}

function hasOnlyKnownFields({ personal, salts, commitments }: AuditRecord): boolean {
  const known: readonly string[] = personalFields;
  return [personal, salts, commitments].every((each) => Object.keys(each).every((key) => known.includes(key)));
}

function commitment(field: PersonalField, salt: string, value: unknown): string {
  return digest(`${salt}\0${field}\0${canonical(value)}`);
}

type Hashed = Pick<
  AuditRecord,
  'realm' | 'seq' | 'item' | 'at' | 'type' | 'actorKind' | 'portal' | 'commitments' | 'previous'
>;

function hashOf({ realm, seq, item, at, type, actorKind, portal, commitments, previous }: Hashed): string {
  return digest(canonical({ version, realm, seq, item, at, type, actorKind, portal, commitments, previous }));
}

function sealOf(keyring: Keyring, hash: string): string {
  return keyring.mac('audit record', hash);
}
