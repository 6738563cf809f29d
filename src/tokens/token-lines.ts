import { table } from '../kernel/index.ts';
import type { Token } from './token.ts';

const heads = ['CREDENTIAL ID', 'STATE', 'KIND', 'DIGITS', 'EXPIRES', 'PEOPLE'];

/** One line per token, under a heading. */
export async function tokenTable(
  tokens: readonly Token[],
  labelOf: (userId: string) => Promise<string>,
): Promise<readonly string[]> {
  const rows: string[][] = [];
  for (const token of tokens) {
    const people = await Promise.all(token.people.map(labelOf));
    const { credentialId, standing, digits, expiresAt } = token;
    rows.push([credentialId, standing, kindOf(token), String(digits), dayOf(expiresAt), people.join(', ')]);
  }
  return rows.length === 0 ? ['no tokens'] : table([heads, ...rows]);
}

/** Everything known of one, but its seed. */
export function describe(token: Token, people: readonly string[]): readonly string[] {
  const facts: readonly (readonly [string, string])[] = [
    ['Credential ID', token.credentialId],
    ['state', token.standing],
    ['codes', `${kindOf(token)}, ${token.algorithm}, ${token.digits} digits`],
    token.kind === 'totp' ? ['clock', `${token.driftSteps} steps ahead`] : ['counter', String(token.nextCounter)],
    ['wrong codes', `${token.misses} since the last right one`],
    ['people', people.join(', ')],
    ['serial number', token.serial ?? ''],
    ['issuer', token.issuer ?? ''],
    ['organization', token.organization ?? ''],
    ['imported', token.createdAt.toISOString()],
    ['last used', token.lastUsedAt?.toISOString() ?? ''],
    ['expires', token.expiresAt?.toISOString() ?? ''],
  ];
  return table(facts.filter(([, value]) => value !== ''));
}

export const summaryOf = (token: Token) => ({
  credentialId: token.credentialId,
  state: token.standing,
  kind: token.kind,
  algorithm: token.algorithm,
  digits: token.digits,
  periodS: token.kind === 'totp' ? token.periodS : null,
  counter: token.kind === 'hotp' ? token.nextCounter : null,
  driftSteps: token.driftSteps,
  misses: token.misses,
  people: token.people,
  serial: token.serial ?? null,
  issuer: token.issuer ?? null,
  organization: token.organization ?? null,
  expiresAt: token.expiresAt ?? null,
  createdAt: token.createdAt,
  lastUsedAt: token.lastUsedAt ?? null,
});

const kindOf = (token: Token) => (token.kind === 'totp' ? `TOTP ${token.periodS} s` : 'HOTP');

const dayOf = (date: Date | undefined) => date?.toISOString().slice(0, 10) ?? '';
