import { z } from 'zod';
import { digest } from '../../kernel/index.ts';
import type { Enrolled, Factor, FactorContext, FactorState, Form } from '../factor.ts';
import { parseCode } from './code.ts';
import { amrOf, channelOf, dataOf, openWays, type PhoneData, type PhoneSecret, type Way, ways } from './method-data.ts';
import { lastTwo, readExtension, readNumber, regionOf } from './number.ts';
import { sentModel } from './page.ts';
import type { PhoneParts } from './parts.ts';
import { askBy, nextFrom, sentIn } from './sending.ts';

const longestName = 60;

/** What the first page was told. */
const chosenShape = z.object({
  to: z.object({
    number: z.string(),
    extension: z.string().exactOptional(),
    backup: z.object({ number: z.string(), extension: z.string().exactOptional() }).exactOptional(),
  }),
  name: z.string().exactOptional(),
});

/** In two pages: the number and the way, then the code. Nothing is bound before the code was right. */
export function createEnrolment(deps: PhoneParts): NonNullable<Factor['enrolment']> {
  const { methods, telephony, asked, hashOf } = deps;

  async function begin(form: Form, context: FactorContext): Promise<Enrolled> {
    const refuse = (field: string, says?: string): Enrolled => ({
      ...{ ok: false, why: 'unsuitable', field },
      ...(says === undefined ? {} : { says }),
    });
    const open = openWays(context, telephony);
    const way = wayIn(form, open);
    if (way === undefined) return { ok: false, why: 'unavailable', field: '' };
    const region = regionOf(context.realm.country, context.user.locale);
    const to = await readNumber(form['phone'], region);
    const extension = readExtension(form['extension'] ?? '');
    const wantsBackup = (form['backup_phone'] ?? '').trim() !== '';
    const backup = wantsBackup ? await readNumber(form['backup_phone'], region) : undefined;
    if (to === undefined) return refuse('phone');
    if (extension === undefined) return refuse('extension', 'factor.phone.fault.extension');
    if (wantsBackup && (backup === undefined || backup.number === to.number)) return refuse('backup_phone');
    const own = (await methods.of(context.realm.id, context.user.id)).filter((method) => method.kind === 'phone');
    const hash = hashOf(context.realm.id, to.number);
    if (own.some((method) => dataOf(method).hash === hash)) return refuse('phone', 'factor.phone.fault.already');

    const name = (form['name'] ?? '').replaceAll(/\p{C}/gu, '').trim().slice(0, longestName);
    const secret: PhoneSecret = {
      ...to,
      ...(extension === '' ? {} : { extension }),
      ...(backup === undefined ? {} : { backup }),
    };
    const rest = { to: secret, ...(name === '' ? {} : { name }) };
    return { ok: 'more', ...askBy({ asked, telephony }, { way, to: secret, before: undefined, rest }, context) };
  }

  async function prove(state: FactorState, form: Form, context: FactorContext): Promise<Enrolled> {
    const sent = sentIn(state);
    const { to, name } = chosenShape.parse(state);
    if (sent === undefined) return { ok: false, why: 'expired', field: '' };
    const field = sent.way === 'key' ? '' : 'code';
    const code = sent.way === 'key' ? undefined : parseCode(form['code']);
    if (sent.way !== 'key' && code === undefined) return { ok: false, why: 'malformed', field };
    const spent = await asked.spend(sent.send, context.signIn, code, context.now);
    if (!spent.ok) return { ok: false, why: spent.why, field: spent.why === 'expired' ? '' : field };
    await telephony.used(sent.send);
    const data: PhoneData = {
      hash: hashOf(context.realm.id, to.number),
      lastTwo: lastTwo(to.number),
      way: sent.way,
      allowsSms: true,
    };
    return {
      ok: true,
      method: { ...(name === undefined ? {} : { name }), data, secret: JSON.stringify(to) },
      amr: [amrOf(sent.way)],
    };
  }

  return {
    keeps: ['phone', 'channel', 'extension', 'backup_phone'],
    view: (state) => (sentIn(state) === undefined ? 'enrol' : 'enrol-code'),
    begin: async () => ({}),
    async page(state, context) {
      const open = openWays(context, telephony);
      if (sentIn(state) === undefined) {
        return { ways: open, way: open[0], canCall: open.some((way) => channelOf(way) === 'voice') };
      }
      const { to } = chosenShape.parse(state);
      return sentModel({ asked, telephony }, state, { lastTwo: lastTwo(to.number), ways: open }, context);
    },
    async submit(state, form, context) {
      if (sentIn(state) === undefined) return begin(form, context);
      // The first page, posted once more: its number has been sent a code already.
      if (form['phone'] !== undefined) return { ok: 'more', state };
      return prove(state, form, context);
    },
    resend: {
      from(state) {
        const sent = sentIn(state);
        return sent === undefined ? undefined : nextFrom(sent);
      },
      async send(state, form, context) {
        const before = sentIn(state);
        const way = wayIn(form, openWays(context, telephony));
        if (before === undefined || way === undefined) return { refused: 'unavailable', field: '' };
        const { to, name } = chosenShape.parse(state);
        const rest = { to, ...(name === undefined ? {} : { name }) };
        return askBy({ asked, telephony }, { way, to, before, rest }, context);
      },
    },
    isAnswered: (state) => isApproved(deps, state),
  };
}

/** What the form asks for, where that is open; the first open way when it names none. */
export function wayIn(form: Form, open: readonly Way[]): Way | undefined {
  const named = form['channel'] ?? '';
  return named === '' ? open[0] : ways.find((way) => way === named && open.includes(way));
}

export async function isApproved({ asked }: Pick<PhoneParts, 'asked'>, state: FactorState): Promise<boolean> {
  const sent = sentIn(state);
  return sent?.way === 'key' && (await asked.get(sent.send))?.state === 'approved';
}

/** Keyed, and apart by realm: whoever reads the store cannot try all numbers. */
export const numberHash = (mac: (purpose: string, value: string) => string) => (realm: string, number: string) =>
  digest(mac('phone number', `${realm}\n${number}`));
