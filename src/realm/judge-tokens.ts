import type { SettingFault } from './describe-issue.ts';
import type { RealmInFile } from './file-shape.ts';

/** What tokens, people and organizations of a file say of each other. `isDevelopment`: whether seeds may stand in it. */
export function judgeTokens(
  { tokens, people, organizations }: Pick<RealmInFile, 'tokens' | 'people' | 'organizations'>,
  isDevelopment: boolean,
): readonly SettingFault[] {
  if (tokens.length === 0) return [];
  if (!isDevelopment) {
    const message = 'only a development realm may have tokens in its file; use `gatehouse token import`';
    return [{ path: ['tokens'], message }];
  }
  const known = new Set(people.flatMap(({ email, username }) => [email, username]));
  const organizationIds = new Set(organizations.map(({ id }) => id));
  const seen = new Set<string>();
  return tokens.flatMap(({ credentialId, assignedTo, active, organization }, index) => {
    const isRepeated = seen.has(credentialId);
    seen.add(credentialId);
    const fault = (field: string, message: string): SettingFault => ({ path: ['tokens', index, field], message });
    return [
      ...(isRepeated ? [fault('credentialId', 'another token of this file has this Credential ID')] : []),
      ...(assignedTo !== undefined && !known.has(assignedTo)
        ? [fault('assignedTo', `nobody of this file is "${assignedTo}"`)]
        : []),
      ...(active === true && assignedTo === undefined
        ? [fault('active', 'a token is asked of somebody; say whom with assignedTo')]
        : []),
      ...(organization !== undefined && !organizationIds.has(organization)
        ? [fault('organization', `no organization of this file is "${organization}"`)]
        : []),
    ];
  });
}
