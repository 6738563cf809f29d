import { z } from 'zod';
import { newId } from '../../kernel/index.ts';
import type { Telephony } from '../../messaging/index.ts';
import type { Asking, FactorContext, FactorState } from '../factor.ts';
import { type AskedCodes, codeLivesMs } from './asked.ts';
import { newCode, newShown } from './code.ts';
import { channelOf, type PhoneSecret, type Way, ways } from './method-data.ts';

/** What was sent last in this sign-in, as its page needs it. */
const sentShape = z.object({
  send: z.string(),
  way: z.enum(ways),
  /** Digits that the page shows, to be keyed in. */
  shown: z.string().optional(),
  /** ISO 8601. */
  at: z.string(),
  /** How many so far, this one included. */
  count: z.number().int(),
  /** It certainly did not leave: another way need not wait. */
  isLost: z.boolean().optional(),
});
export type Sent = z.infer<typeof sentShape>;

export const sentIn = (state: FactorState): Sent | undefined => {
  const read = sentShape.safeParse(state['sent']);
  return read.success ? read.data : undefined;
};

/** Seconds between one send and the next, in one sign-in; after the last of them nothing is sent any more. */
const pausesS = [30, 60, 120, 240];
const lostPauseS = 3;

/** From when on another one can be asked for. Undefined: not any more. */
export function nextFrom({ at, count, isLost }: Sent): Date | undefined {
  const pauseS = pausesS[count - 1];
  return pauseS === undefined ? undefined : new Date(Date.parse(at) + (isLost === true ? lostPauseS : pauseS) * 1000);
}

interface Sending {
  readonly way: Way;
  readonly to: PhoneSecret;
  readonly before: Sent | undefined;
  readonly rest: FactorState;
  /** Since when the number is the person's; absent while it is only about to be. */
  readonly boundAt?: Date;
}

/** A code to this telephone, by this way; nothing leaves before the sign-in has kept `state`. */
export function askBy(
  deps: { readonly asked: AskedCodes; readonly telephony: Telephony },
  { way, to, before, rest, boundAt }: Sending,
  context: FactorContext,
): Asking {
  const id = newId();
  const { realm, user, signIn, now, from } = context;
  const shown = way === 'key' ? newShown() : undefined;
  const sent: Sent = {
    ...{ send: id, way, at: now.toISOString(), count: (before?.count ?? 0) + 1 },
    ...(shown === undefined ? {} : { shown }),
  };
  return {
    state: { ...rest, sent },
    async deliver() {
      const code = shown ?? newCode();
      const channel = channelOf(way);
      await deps.asked.put(
        {
          ...{ id, realm: realm.id, userId: user.id, signIn, code, number: to.number, isKeyed: way === 'key' },
          warnings: context.notice('phone-reported', {}),
        },
        now,
      );
      await deps.telephony.send({
        ...{
          id,
          realm: realm.id,
          realmName: realm.name,
          issuer: realm.issuer,
          organizationPath: context.organizationPath ?? [],
        },
        ...{ userId: user.id, signIn, channel, locale: user.locale, address: from.address, addressRange: from.range },
        to: { number: to.number, extension: channel === 'voice' ? to.extension : undefined },
        backup: channel === 'voice' ? to.backup : undefined,
        code: way === 'key' ? undefined : code,
        until: new Date(now.getTime() + codeLivesMs),
        boundAt,
      });
      const news = await deps.telephony.news(id);
      const isLost = news !== undefined && ['withheld', 'refused', 'away'].includes(news.state);
      return isLost ? { ...rest, sent: { ...sent, isLost } } : undefined;
    },
  };
}
