import { z } from 'zod';
import type { Declaration, Doc, Store } from '../../store/index.ts';
import type { FactorContext } from '../factor.ts';

/** When codes went to one person in the last hour. `id`: realm and person. */
interface Mailing extends Doc {
  readonly id: string;
  readonly sentAt: readonly Date[];
  readonly removeAt: Date;
}

const mailingsDeclaration: Declaration<Mailing> = {
  name: 'email_mailings',
  shape: z.object({ id: z.string(), sentAt: z.array(z.date()), removeAt: z.date() }),
  indexes: [],
  expiry: 'removeAt',
  survives: 'process',
};

const mostPerHour = 10;
const hourMs = 60 * 60_000;

/** Takes a place for one mail. False: enough went out. */
export type AdmitMail = (context: Pick<FactorContext, 'realm' | 'user' | 'now'>) => Promise<boolean>;

/**
 * Who knows a password must not flood the mailbox: counted by person, over all sign-ins, and over codes that set the
 * method up as well as codes that ask for it.
 */
export function createMailings({ store }: { readonly store: Store }): AdmitMail {
  const mailings = store.collection(mailingsDeclaration);

  return async ({ realm, user, now }) => {
    const admitted = await mailings.upsert(`${realm.id}/${user.id}`, (mailing) => {
      // One that lies ahead means a clock set back: it counts from now on, and no longer than an hour.
      const times = (mailing?.sentAt ?? []).map((each) => Math.min(each.getTime(), now.getTime()));
      const recent = times.filter((each) => now.getTime() - each < hourMs).map((each) => new Date(each));
      if (recent.length >= mostPerHour) return undefined;
      const removeAt = new Date(now.getTime() + hourMs);
      return { id: `${realm.id}/${user.id}`, sentAt: [...recent, now], removeAt };
    });
    return admitted.ok;
  };
}
