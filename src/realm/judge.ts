import { redirectUriFault, webAddressFault } from './addresses.ts';
import type { SettingFault } from './describe-issue.ts';
import type { PortalInFile, PortalSettings, RealmInFile, RealmSettings } from './file-shape.ts';
import { judgeMethods } from './judge-methods.ts';
import { judgeOrganizations } from './judge-organizations.ts';
import { judgeProtocol } from './judge-protocol.ts';
import { judgeTokens } from './judge-tokens.ts';
import { defaultCurrency } from './messages-shape.ts';
import { authenticationOf, grantsOf, isPublicKind } from './portal-protocol.ts';
import type { Resource } from './realm.ts';

/** What one field cannot say alone. `factorKinds`: the factors this product has; a rule naming another binds nobody. */
export function judgeRealmSettings(
  settings: Pick<RealmSettings, 'policy' | 'messages'>,
  factorKinds: readonly string[] | undefined,
): readonly SettingFault[] {
  return [...judgeMethods(settings.policy, factorKinds), ...judgeBudget(settings)];
}

function judgeBudget({ policy, messages }: Pick<RealmSettings, 'policy' | 'messages'>): readonly SettingFault[] {
  const currency = messages?.currency ?? defaultCurrency;
  if (policy.budget === undefined || policy.budget.currency === currency) return [];
  const message = `must be ${currency}, the currency of the prices (messages.currency): no other budget can be kept`;
  return [{ path: ['policy', 'budget', 'currency'], message }];
}

export interface PortalContext {
  readonly factorKinds: readonly string[] | undefined;
  /** Of the realm. */
  readonly resources: readonly Resource[];
}

export function judgePortalSettings(
  portal: PortalSettings,
  { factorKinds, resources }: PortalContext,
): readonly SettingFault[] {
  const faults: SettingFault[] = [...judgeMethods(portal.policy, factorKinds), ...judgeProtocol(portal, resources)];
  for (const field of ['redirectUris', 'postLogoutRedirectUris'] as const) {
    for (const [index, uri] of portal[field].entries()) {
      const message = redirectUriFault(uri, portal.kind);
      if (message !== undefined) faults.push({ path: [field, index], message });
    }
  }
  const homeFault = portal.homeUrl === undefined ? undefined : webAddressFault(portal.homeUrl);
  if (homeFault !== undefined) faults.push({ path: ['homeUrl'], message: homeFault });
  if (portal.kind === 'machine') return faults;
  if (portal.redirectUris.length === 0 && grantsOf(portal).includes('authorization_code'))
    faults.push({ path: ['redirectUris'], message: 'must have at least one address' });
  if (!portal.scopes.includes('openid')) faults.push({ path: ['scopes'], message: 'must have "openid"' });
  return faults;
}

/** The whole file. `isDevelopment`: whether passwords and secrets may stand in it. */
export function judgeFile(
  file: RealmInFile,
  factorKinds: readonly string[] | undefined,
  isDevelopment: boolean,
): readonly SettingFault[] {
  const context = { factorKinds, resources: file.resources ?? [] };
  return [
    ...judgeRealmSettings(file, factorKinds),
    ...file.portals.flatMap((portal, index) =>
      [...judgePortalSettings(portal, context), ...judgeSecret(portal, isDevelopment)].map((fault) => ({
        ...fault,
        path: ['portals', index, ...fault.path],
      })),
    ),
    ...repeated(file.portals.map(({ clientId }) => [clientId])).map((index) => ({
      path: ['portals', index, 'clientId'],
      message: 'another portal of this file has this clientId',
    })),
    ...judgeOrganizations(file, factorKinds),
    ...judgePeople(file, isDevelopment),
    ...judgeTokens(file, isDevelopment),
  ];
}

function judgeSecret(portal: PortalInFile, isDevelopment: boolean): readonly SettingFault[] {
  const { kind, secret } = portal;
  if (secret === undefined) return [];
  const refuse = (message: string) => [{ path: ['secret'], message }];
  if (!isDevelopment)
    return refuse('only a development realm may have secrets in its file; use `gatehouse portal rotate-secret`');
  if (isPublicKind(kind)) return refuse(`a ${kind} portal is public and has no secret`);
  return authenticationOf(portal) === 'secret' ? [] : refuse('a portal with private_key_jwt has no secret');
}

function judgePeople({ people }: RealmInFile, isDevelopment: boolean): readonly SettingFault[] {
  if (people.length === 0) return [];
  if (!isDevelopment) {
    return [
      {
        path: ['people'],
        message: 'only a development realm may have people in its file; use `gatehouse user invite`',
      },
    ];
  }
  const identifiers = people.map((person) => [person.email, person.username].map((each) => each?.toLowerCase()));
  return [
    ...people.flatMap((person, index) =>
      person.email === undefined && person.username === undefined
        ? [{ path: ['people', index], message: 'a person needs an email or a username' }]
        : [],
    ),
    ...repeated(identifiers).map((index) => ({
      path: ['people', index],
      message: 'another person of this file has this email or username',
    })),
  ];
}

/** Indexes of those that share a value with one before them. */
function repeated(rows: readonly (readonly (string | undefined)[])[]): readonly number[] {
  const seen = new Set<string>();
  return rows.flatMap((row, index) => {
    const values = row.filter((value) => value !== undefined);
    const isRepeated = values.some((value) => seen.has(value));
    for (const value of values) seen.add(value);
    return isRepeated ? [index] : [];
  });
}
