import type { Token } from './token.ts';

/** One line per token, under a heading; columns as wide as they need to be. */
export async function table(
  tokens: readonly Token[],
  labelOf: (userId: string) => Promise<string>,
): Promise<readonly string[]> {
  const heading = ['CREDENTIAL ID', 'STATE', 'KIND', 'DIGITS', 'EXPIRES', 'PEOPLE'];
  const rows = [heading];
  for (const token of tokens) {
    const people = await Promise.all(token.people.map(labelOf));
    rows.push([
      token.credentialId,
      token.standing,
      kindOf(token),
      String(token.digits),
      dayOf(token.expiresAt),
      people.join(', '),
    ]);
  }
  const widths = heading.map((_, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

/** Everything known of one, but its seed. */
export function describe(token: Token, people: readonly string[]): readonly string[] {
  const facts: readonly (readonly [string, string])[] = [
    ['Credential ID', token.credentialId],
    ['state', token.standing],
    ['codes', `${kindOf(token)}, ${token.algorithm}, ${token.digits} digits`],
    token.kind === 'totp' ? ['clock', `${token.driftSteps} steps ahead`] : ['counter', String(token.nextCounter)],
    ['wrong codes since the last right one', String(token.misses)],
    ['people', people.join(', ')],
    ['serial number', token.serial ?? ''],
    ['issuer', token.issuer ?? ''],
    ['organization', token.organization ?? ''],
    ['imported', token.createdAt.toISOString()],
    ['last used', token.lastUsedAt?.toISOString() ?? ''],
    ['expires', token.expiresAt?.toISOString() ?? ''],
  ];
  return facts.filter(([, value]) => value !== '').map(([name, value]) => `${name}: ${value}`);
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
