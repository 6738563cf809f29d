import type { Rules } from '../../src/policy/index.ts';
import { type Somebody, somebody } from '../flows/people.ts';
import type { RunningApp } from '../support/app.ts';
import { operator } from '../tokens/tokens-for-tests.ts';

/** A person in an organization below another one, with rules at every level. */
export interface InATree {
  readonly mia: Somebody;
  /** Requires a second factor. */
  readonly north: string;
  /** Below it, where Mia is; its sessions last 8 hours. */
  readonly client: string;
}

/** Somebody new; realm and portal as if nobody had changed anything. */
export async function somebodyInATree(app: RunningApp): Promise<InATree> {
  const { realms, people } = app.app;
  const rules = {
    secondFactor: 'optional',
    methods: ['totp', 'passkey'],
    sessionHours: 24,
    idleMinutes: null,
    open: null,
  };
  await realms.setRules({ realm: 'web1' }, rules, operator);
  await realms.setRules({ realm: 'web1', clientId: 'web1-mail' }, { acr: null, sessionHours: null }, operator);
  const mia = await somebody(app, 'web1');
  const north = await anOrganization(app, `North ${mia.username}`, { secondFactor: 'required' });
  const client = await anOrganization(app, `Client ${mia.username}`, { sessionHours: 8 }, north);
  const member = { realm: 'web1', organization: client, userId: mia.user.id, role: 'member' as const };
  await people.tenancy.memberships.add({ ...member, isAccepted: true }, operator);
  return { mia, north, client };
}

export async function anOrganization(app: RunningApp, name: string, rules: Rules, parent?: string): Promise<string> {
  const above = parent === undefined ? {} : { parent };
  const input = { realm: 'web1', name, policy: rules, ...above };
  const added = await app.app.people.tenancy.organizations.add(input, operator);
  if (!added.ok) throw new Error(added.why);
  return added.organization.id;
}
