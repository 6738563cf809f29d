import type { Realm } from '../../realm/index.ts';
import type { Cost } from './costs.ts';
import { type AllowanceDesk, organizationId, realmId } from './create-allowance.ts';
import type { Level } from './levels.ts';
import { startOf } from './windows.ts';

/** One level's money this month, in millionths. */
export interface BudgetLine {
  readonly realm: string;
  /** Absent: the realm itself. */
  readonly organization?: string;
  readonly name: string;
  readonly currency: string;
  readonly spentMicros: number;
  /** Absent: as much as the levels above allow. */
  readonly budgetMicros?: number;
  readonly contact?: string;
}

/** The realm's own line, then those of organizations that have spent or were given something to spend. */
export async function budgetLines(desk: AllowanceDesk, realm: Realm, now: Date): Promise<readonly BudgetLine[]> {
  const month = startOf('month', now).getTime();
  const { currency, realm: top } = await desk.terms(realm, []);
  const spentBy = async (id: string) => {
    const { spending } = (await desk.counts.get(id)) ?? {};
    return spending?.from.getTime() === month ? spending.micros : 0;
  };
  const line = async (level: Level, organization?: string): Promise<BudgetLine> => ({
    realm: realm.id,
    ...(organization === undefined ? {} : { organization }),
    name: level.name,
    currency,
    spentMicros: await spentBy(organization === undefined ? realmId(realm.id) : organizationId(realm.id, organization)),
    ...(level.budgetMicros === undefined ? {} : { budgetMicros: level.budgetMicros }),
    ...(level.contact === undefined ? {} : { contact: level.contact }),
  });
  const counted = await desk.counts.list(realm.id, 'organization');
  const ids = new Set([...counted.map(({ key = '' }) => key), ...(await desk.organizations.list(realm.id))]);
  const lines = [await line(top)];
  for (const id of [...ids].sort()) {
    const [level] = (await desk.terms(realm, [id])).organizations;
    if (level !== undefined) lines.push(await line(level, id));
  }
  return lines;
}

export interface CostLine extends Pick<Cost, 'realm' | 'month' | 'organization' | 'dialCode' | 'channel' | 'currency'> {
  readonly organizationName: string;
  /** Ids from the top down to the organization. */
  readonly path: readonly string[];
  readonly messages: number;
  readonly used: number;
  readonly failed: number;
  readonly micros: number;
}

/** What is to be charged to whom, organization by organization. */
export async function costLines(desk: AllowanceDesk, realm: Realm, month: string): Promise<readonly CostLine[]> {
  const costs = await desk.costs.month(realm.id, month);
  const names = new Map<string, string>();
  for (const { organization, path } of costs) {
    if (organization === '' || names.has(organization)) continue;
    const { organizations } = await desk.terms(realm, path);
    names.set(organization, organizations.find(({ id }) => id === organization)?.name ?? organization);
  }
  return costs.map(({ id: _id, removeAt: _removeAt, outbox: _outbox, ...cost }) => ({
    ...cost,
    organizationName: names.get(cost.organization) ?? '',
  }));
}
