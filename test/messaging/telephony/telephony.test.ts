import { pino } from 'pino';
import type { Allowance } from '../../../src/messaging/index.ts';
import { createCall } from '../../../src/messaging/telephony/call.ts';
import { createCircuit } from '../../../src/messaging/telephony/circuit.ts';
import type { Dispatch, Gateway, Taken } from '../../../src/messaging/telephony/gateway.ts';
import { createTelephony, type PhoneCode } from '../../../src/messaging/telephony/telephony.ts';
import { onBothEngines } from '../../support/both-engines.ts';
import { aClock } from '../../support/clock.ts';
import type { StoreForTests } from '../../support/store.ts';

const words = { language: () => 'en', message: () => 'a message', call: () => 'words' };
const log = pino({ level: 'silent' });

onBothEngines((open) => {
  describe('telephony', () => {
    let opened: StoreForTests;
    let sent: Dispatch[];
    let failed: string[];
    let used: string[];
    let answer: Taken;
    let refusal: Awaited<ReturnType<Allowance['admit']>> | undefined;
    let room: ReturnType<typeof createTelephony>;

    const code = (id: string): PhoneCode => ({
      ...{ id, realm: 'web1', realmName: 'Web One', issuer: 'https://id.example', organizationPath: [] },
      ...{ userId: 'mia', signIn: 'one', channel: 'sms', locale: 'en', address: '203.0.113.9' },
      ...{ addressRange: '203.0.113.0/24', code: '482913', to: { number: '+12025550140' } },
      until: new Date(opened.clock.now().getTime() + 600_000),
    });

    beforeEach(async () => {
      opened = await open();
      [sent, failed, used] = [[], [], []];
      answer = { ok: true, providerId: 'SM1' };
      refusal = undefined;
      let admissions = 0;
      const gateway: Gateway = {
        send: async (dispatch) => {
          sent.push(dispatch);
          return answer;
        },
      };
      const allowance: Allowance = {
        admit: async () => refusal ?? { ok: true, id: `admitted ${(admissions += 1)}`, priceMicros: 1 },
        used: async (id) => void used.push(id),
        failed: async (id, how = 'refused') => void failed.push(`${id} ${how}`),
        hold: async () => {},
      };
      const { store, clock } = opened;
      room = createTelephony({ store, clock, log, words, gateway, allowance, simRules: async () => undefined });
      await store.bootstrap();
    });
    afterEach(() => opened.close());

    it('F4: sends once, however many ask for the same at the same moment', async () => {
      await Promise.all(Array.from({ length: 50 }, () => room.telephony.send(code('a'))));
      await room.telephony.send(code('a'));
      expect(sent).toHaveLength(1);
      expect(await room.telephony.news('a')).toMatchObject({ state: 'taken', channel: 'sms' });
    });

    it('asks the allowance before anything leaves, and says why nothing did', async () => {
      refusal = { ok: false, why: 'budget', retryAt: new Date('2026-04-01') };
      await room.telephony.send(code('a'));
      expect(sent).toEqual([]);
      expect(await room.telephony.news('a')).toMatchObject({
        state: 'withheld',
        withheld: { why: 'budget', retryAt: new Date('2026-04-01') },
      });
    });

    it.each<[Taken, string, string[]]>([
      [{ ok: false, why: 'away', reply: '' }, 'away', ['admitted 1 refused']],
      [{ ok: false, why: 'refused', reply: '' }, 'refused', ['admitted 1 refused']],
      // It may have been sent, and billed.
      [{ ok: false, why: 'unsure', reply: '' }, 'unsure', []],
    ])('gives back what was not spent: %j', async (taken, state, given) => {
      answer = taken;
      await room.telephony.send(code('a'));
      expect(await room.telephony.news('a')).toMatchObject({ state });
      expect(failed).toEqual(given);
    });

    it('tells the allowance once that a code was lost on the way, and that it was used', async () => {
      await room.telephony.send(code('a'));
      await room.telephony.used('a');
      await Promise.all(Array.from({ length: 20 }, () => room.news.told('a', 'unreachable')));
      expect(used).toEqual(['admitted 1']);
      expect(failed).toEqual(['admitted 1 undelivered']);
    });

    it('never goes back: news that comes late, twice or for nobody changes nothing', async () => {
      await room.telephony.send(code('a'));
      for (const state of ['delivered', 'taken', 'unreachable', 'delivered'] as const) await room.news.told('a', state);
      await room.news.told('nobody', 'delivered');
      expect(await room.telephony.news('a')).toMatchObject({ state: 'delivered' });
      expect(await room.telephony.news('nobody')).toBeUndefined();
      expect(failed).toEqual([]);
    });

    it('N1: reads a code once for 50 that press its key at the same moment, and to none that press another', async () => {
      const { clock } = opened;
      const goOn = createCall({ news: room.news, clock });
      const until = new Date(clock.now().getTime() + 600_000).toISOString();
      const script = { realmName: 'Web One', lang: 'en', code: '482913', opensBy: '4', turn: 0, until };
      for (const [id, key, reads] of [
        ['a', '4', 1],
        ['b', '5', 0],
      ] as const) {
        await room.telephony.send(code(id));
        const turns = await Promise.all(Array.from({ length: 50 }, () => goOn({ ...script, id }, key)));
        const asked = turns.filter((turn) => turn.does === 'ask');
        expect(asked).toHaveLength(1);
        expect(turns.filter((turn) => turn.does === 'hang_up')).toHaveLength(49);
        expect(asked.filter((turn) => turn.script.opensBy === undefined)).toHaveLength(reads);
      }
      expect(await room.telephony.news('a')).toMatchObject({ state: 'delivered' });
    });

    it('takes one of 50 racers for each turn of a call', async () => {
      await room.telephony.send(code('a'));
      const turns = await Promise.all(Array.from({ length: 50 }, () => room.news.sends.takeTurn('a', 0)));
      expect(turns.filter(Boolean)).toHaveLength(1);
      expect(await room.news.sends.takeTurn('a', 2)).toBe(false);
      expect(await room.news.sends.takeTurn('a', 1)).toBe(true);
    });
  });
});

describe('the circuit', () => {
  const fail = (circuit: ReturnType<typeof createCircuit>) => circuit.enter()?.done(true);

  it('opens after five failures in a row, and a success in between begins the count anew', () => {
    const circuit = createCircuit(aClock());
    for (let n = 0; n < 4; n += 1) fail(circuit);
    circuit.enter()?.done(false);
    for (let n = 0; n < 5; n += 1) {
      expect(circuit.enter()).toBeDefined();
      fail(circuit);
    }
    expect(circuit.enter()).toBeUndefined();
  });

  it('counts a try once, however late somebody says more of it', () => {
    const circuit = createCircuit(aClock());
    const tries = Array.from({ length: 4 }, () => circuit.enter());
    for (const one of tries) one?.done(true);
    circuit.enter()?.done(false);
    for (const one of tries) one?.done(true);
    fail(circuit);
    expect(circuit.enter()).toBeDefined();
  });

  it('lets one try decide after half a minute, and only one', () => {
    const clock = aClock();
    const circuit = createCircuit(clock);
    for (let n = 0; n < 5; n += 1) fail(circuit);
    clock.advance(29_999);
    expect(circuit.enter()).toBeUndefined();
    clock.advance(1);
    const trial = circuit.enter();
    expect(trial).toBeDefined();
    expect(circuit.enter()).toBeUndefined();
    trial?.done(true);
    expect(circuit.enter()).toBeUndefined();
    clock.advance(30_000);
    circuit.enter()?.done(false);
    expect(circuit.enter()).toBeDefined();
    expect(circuit.enter()).toBeDefined();
  });
});
