import { outgoingMessage } from '../messaging/index.ts';
import type { People, User } from '../people/index.ts';
import type { Realm } from '../realm/index.ts';
import type { OutboxItem } from '../store/index.ts';
import type { Figures, Rollout } from './rollout.ts';

const mostAdmins = 100;
const goodForMs = 7 * 86_400_000;

/** Who administers the realm, and the organization that it is for; the realm's support address where nobody does. */
export async function stopMails(
  people: Pick<People, 'get' | 'tenancy'>,
  realm: Realm,
  { name, organization, waves }: Rollout,
  stopped: { readonly at: number; readonly figures: Figures; readonly now: Date },
): Promise<readonly OutboxItem[]> {
  const { at, figures, now } = stopped;
  const mail = (to: string, reader: Partial<Pick<User, 'name' | 'locale' | 'timeZone'>>) =>
    outgoingMessage(now, {
      ...{ realm: realm.id, channel: 'mail', to, template: 'rollout-stopped', locale: reader.locale ?? '' },
      timeZone: reader.timeZone,
      params: {
        ...{ name: reader.name ?? realm.name, rollout: name, wave: at + 1, waves: waves.length, at: now.toISOString() },
        ...{ people: figures.people, stuck: figures.stuck, failed: figures.failed },
      },
      expiresAt: new Date(now.getTime() + goodForMs),
    });
  const admins = await adminsOf(people, realm.id, organization);
  const mails = admins.flatMap((admin) => (admin.email === undefined ? [] : [mail(admin.email, admin)]));
  const support = realm.support?.email;
  return mails.length === 0 && support !== undefined ? [mail(support, {})] : mails;
}

async function adminsOf(
  people: Pick<People, 'get' | 'tenancy'>,
  realm: string,
  organization: string | undefined,
): Promise<readonly User[]> {
  const { memberships } = people.tenancy;
  const limit = mostAdmins;
  const pages = await Promise.all([
    memberships.list({ realm, limit }),
    ...(organization === undefined ? [] : [memberships.list({ realm, organization, limit })]),
  ]);
  const ids = pages
    .flatMap(({ items }) => items)
    .filter(({ role, state }) => role !== 'member' && state === 'active')
    .map(({ userId }) => userId);
  const found = await Promise.all([...new Set(ids)].map((id) => people.get(realm, id)));
  return found.filter((user) => user !== undefined && user.status === 'active') as readonly User[];
}
