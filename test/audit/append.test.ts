import { auditEvent, createAudit } from '../../src/audit/index.ts';
import type { Collection, Declaration, Doc, Store } from '../../src/store/index.ts';
import { aLog, type LogForTests } from './log.ts';

let log: LogForTests;
beforeEach(async () => {
  log = await aLog();
});
afterEach(() => log.close());

describe('appending', () => {
  it('keeps every field of an event, in the order of arrival', async () => {
    const full = {
      type: 'method.added',
      actor: { kind: 'admin', id: 'root' },
      subject: 'ada',
      portal: 'shop',
      signIn: 's1',
      reference: '7Q2M-XK4D',
      address: '192.0.2.1',
      browser: 'Firefox on Windows',
      details: { kind: 'totp', count: 2, first: true, none: null, list: ['a', 'b'] },
    } as const;
    await log.audit.append([log.event({ type: 'first.one' }), log.event(full), log.event({ type: 'last.one' })]);
    const page = await log.audit.list('web1', { limit: 10 });
    expect(page.items.map((entry) => [entry.seq, entry.type])).toEqual([
      [3, 'last.one'],
      [2, 'method.added'],
      [1, 'first.one'],
    ]);
    expect(page.items[1]).toEqual({ seq: 2, at: log.clock.now(), realm: 'web1', ...full });
  });

  it('records an item once, however often it comes', async () => {
    const items = [log.event(), log.event(), log.event()];
    await log.audit.append(items);
    const twice = log.event();
    await log.audit.append([...items, ...items, twice, twice]);
    await log.other.append(items.toReversed());
    expect(await log.all()).toHaveLength(4);
    expect(await log.audit.verify('web1')).toMatchObject({ ok: true, records: 4 });
  });

  it('of 50 at the same time, in two processes, makes one chain without gaps', async () => {
    const items = Array.from({ length: 50 }, () => log.event());
    await Promise.all(items.map((item, at) => (at % 2 === 0 ? log.audit : log.other).append([item])));
    const records = await log.all();
    expect(records.map(({ seq }) => seq)).toEqual(items.map((_item, at) => at + 1));
    expect(new Set(records.map(({ item }) => item))).toEqual(new Set(items.map(({ id }) => id)));
    expect(await log.audit.verify('web1')).toMatchObject({ ok: true, faultCount: 0 });
  });

  it('of the same item by two processes at the same time records it once', async () => {
    const items = Array.from({ length: 10 }, () => log.event());
    await Promise.all([log.audit, log.other, log.audit, log.other].map((audit) => audit.append(items)));
    expect((await log.all()).map(({ item }) => item)).toEqual(items.map(({ id }) => id));
  });

  it('takes more than a batch at once', async () => {
    await log.audit.append(Array.from({ length: 230 }, () => log.event()));
    expect(await log.audit.verify('web1')).toMatchObject({ ok: true, from: 1, to: 230 });
  });

  it('keeps realms apart', async () => {
    await log.audit.append([log.event(), log.event({ realm: 'wss' }), log.event()]);
    expect(await log.audit.verify('web1')).toMatchObject({ ok: true, records: 2 });
    expect(await log.audit.verify('wss')).toMatchObject({ ok: true, records: 1, to: 1 });
    expect((await log.audit.list('wss', { limit: 10 })).items).toHaveLength(1);
  });

  it('says that nothing is wrong where nothing is', async () => {
    expect(await log.audit.verify('nowhere')).toMatchObject({ ok: true, records: 0, from: 0, to: 0 });
  });
});

describe('a crash', () => {
  /** An audit room whose process dies when it calls `method` of the collection for the `nth` time, before or after it was done. */
  function dying(name: string, method: 'insertMany' | 'upsert', when: 'before' | 'after') {
    const store = {
      collection<T extends Doc>(declaration: Declaration<T>): Collection<T> {
        const real = (declaration.name === 'audit_heads' ? log.heads : log.records) as unknown as Collection<T>;
        if (declaration.name !== name) return real;
        return {
          ...real,
          [method]: async (...given: never[]) => {
            // The genesis head is written before there is anything to lose.
            if (method === 'upsert' && (await real.get('web1')) === undefined)
              return await (real[method] as (...given: never[]) => unknown)(...given);
            if (when === 'after') await (real[method] as (...given: never[]) => unknown)(...given);
            throw new Error('killed');
          },
        };
      },
    } as unknown as Store;
    return createAudit({ store, clock: log.clock, keyring: log.keyring });
  }

  it.each([
    ['audit_records', 'insertMany', 'before'],
    ['audit_records', 'insertMany', 'after'],
    ['audit_heads', 'upsert', 'before'],
    ['audit_heads', 'upsert', 'after'],
  ] as const)('F1: in %s.%s, %s it was done, loses and doubles nothing', async (name, method, when) => {
    const items = [log.event(), log.event()];
    await expect(dying(name, method, when).append(items)).rejects.toThrow('killed');
    expect(await log.audit.verify('web1')).toMatchObject({ ok: true });
    await log.audit.append(items);
    await log.audit.append([log.event()]);
    expect((await log.all()).map(({ item }) => item).slice(0, 2)).toEqual(items.map(({ id }) => id));
    expect(await log.audit.verify('web1')).toMatchObject({ ok: true, records: 3 });
    expect((await log.heads.get('web1'))?.last.seq).toBe(3);
  });
});

describe('an event', () => {
  it.each([
    ['a detail', { details: { text: 'x'.repeat(1_025) } }],
    ['a text in a list', { details: { list: ['a', 'x'.repeat(1_025)] } }],
    ['the browser', { browser: 'x'.repeat(1_025) }],
    ['the actor', { actor: { kind: 'person', id: 'x'.repeat(1_025) } }],
  ] as const)('with %s of more than 1,024 characters is refused where it is made', (_words, event) => {
    expect(() => log.event(event)).toThrow(/longer than 1024/);
  });

  it('with a detail of 1,024 characters is kept', async () => {
    await log.audit.append([log.event({ details: { text: 'x'.repeat(1_024) } })]);
    expect((await log.audit.list('web1', { limit: 1 })).items[0]?.details?.text).toHaveLength(1_024);
  });

  it.each([
    ['no realm', { type: 'a.b', actor: { kind: 'system' } }],
    ['an unknown field', { type: 'a.b', realm: 'web1', actor: { kind: 'system' }, password: 'hunter2' }],
    ['a type that is none', { type: 'Something happened', realm: 'web1', actor: { kind: 'system' } }],
    [
      'a detail too long',
      { type: 'a.b', realm: 'web1', actor: { kind: 'system' }, details: { text: 'x'.repeat(1_025) } },
    ],
    ['an object for a detail', { type: 'a.b', realm: 'web1', actor: { kind: 'system' }, details: { deep: { er: 1 } } }],
  ])('with %s is not recorded, and stays in its outbox', async (_words, body) => {
    const item = { ...auditEvent(log.clock.now(), { type: 'a.b', realm: 'web1', actor: { kind: 'system' } }), body };
    await expect(log.audit.append([item])).rejects.toMatchObject({ code: 'internal' });
    expect(await log.all()).toEqual([]);
  });
});

describe('searching', () => {
  beforeEach(async () => {
    for (let at = 0; at < 6; at += 1) {
      const person = at % 2 === 0 ? 'ada' : 'bob';
      await log.audit.append([
        log.event({
          type: at < 3 ? 'sign_in.completed' : 'code.refused',
          subject: person,
          signIn: `s${at}`,
          reference: `R-${at}`,
        }),
      ]);
    }
    await log.audit.append([log.event({ realm: 'wss', subject: 'ada', signIn: 's1', reference: 'R-1' })]);
  });

  it.each([
    [{ subject: 'ada' }, [5, 3, 1]],
    [{ type: 'code.refused' }, [6, 5, 4]],
    [{ subject: 'bob', type: 'code.refused' }, [6, 4]],
    [{ signIn: 's1' }, [2]],
    [{ reference: 'R-4' }, [5]],
    [{ reference: 'R-4', subject: 'bob' }, []],
    [{}, [6, 5, 4, 3, 2, 1]],
  ])('for %j finds %j, newest first, in this realm only', async (filter, seqs) => {
    const page = await log.audit.list('web1', { ...filter, limit: 10 });
    expect(page.items.map(({ seq }) => seq)).toEqual(seqs);
  });

  it('goes on where the page before ended', async () => {
    const seqs: number[] = [];
    let after: string | undefined;
    do {
      const page = await log.audit.list('web1', { limit: 2, ...(after === undefined ? {} : { after }) });
      expect(page.items.length).toBeLessThanOrEqual(2);
      seqs.push(...page.items.map(({ seq }) => seq));
      after = page.next;
    } while (after !== undefined);
    expect(seqs).toEqual([6, 5, 4, 3, 2, 1]);
  });
});

describe('tail', () => {
  it.each([
    [0, []],
    [2, [3, 4]],
    [9, [1, 2, 3, 4]],
  ])('shows the last %d, oldest first', async (last, seqs) => {
    await log.audit.append(Array.from({ length: 4 }, () => log.event()));
    const seen: number[] = [];
    for await (const { seq } of log.audit.tail('web1', { last })) seen.push(seq);
    expect(seen).toEqual(seqs);
  });

  it('follows what comes, until it is told to stop', async () => {
    await log.audit.append([log.event()]);
    const stop = new AbortController();
    const seen: number[] = [];
    for await (const { seq } of log.audit.tail('web1', { last: 1, follow: { signal: stop.signal, pollMs: 1 } })) {
      seen.push(seq);
      if (seq === 3) stop.abort();
      else await log.audit.append([log.event()]);
    }
    expect(seen).toEqual([1, 2, 3]);
  });
});
