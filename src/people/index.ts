/**
 * People of a realm: who they are, by which identifiers they are found, their passwords, invitations, whether they may
 * come in; the organizations they belong to. Promises that no two people of a realm share an identifier, whatever
 * crashes; that nobody has a right by an organization that is not above, not even during a move; that an unknown person
 * costs the same time as a known one; that no password is stored, cut or logged. Must not know factors, sign-ins or HTTP.
 */

export { addressesOf } from './addresses.ts';
export type { Trust } from './fair-queue.ts';
export { createHasher, type Hasher } from './hasher.ts';
export { invitationTtlMs } from './invitations.ts';
export { isEmail, isUsername } from './normalise.ts';
export { idInFile } from './organizations/apply-file.ts';
export * from './organizations/organization.ts';
export type { Authority, KeepAdmins, Stranding, Target, Tenancy } from './organizations/tenancy.ts';
export { maxPasswordLength, passwordLength } from './password-rules.ts';
export { createPeople, type PeopleDeps } from './people.ts';
export * from './user.ts';
