import { onBothEngines } from '../support/both-engines.ts';
import { secret, shown, someTokens, type TokensForTests, twoTokens } from './tokens-for-tests.ts';

const rules = { codes: 'one', isPreassignedOnly: false, peoplePerToken: 1 } as const;

onBothEngines((open) => {
  let opened: TokensForTests;

  beforeEach(async () => {
    opened = await someTokens(open);
  });
  afterEach(() => opened.close());

  const ids = async () => (await opened.tokens.list({ realm: 'msp', limit: 500 })).items.map((one) => one.credentialId);
  const claim = (id: string) =>
    opened.tokens.claim(
      'msp',
      id,
      { codes: [shown(opened.clock.now())], signIn: 's', now: opened.clock.now() },
      { userId: 'mia', organizations: [], rules },
    );

  it('brings tokens that are there for whoever asks for them', async () => {
    expect(await opened.load(twoTokens)).toEqual({ ok: true, added: 2, skipped: [] });
    expect(await ids()).toEqual(['GHMB87654321', 'GHST12345678']);
    expect(await opened.tokens.find('msp', ' ghst-1234 5678 ')).toMatchObject({ standing: 'available', kind: 'totp' });
    expect(await claim('GHST12345678')).toMatchObject({ ok: true });
  });

  it('R3: leaves nothing behind when one line is at fault, and tells every line that is', async () => {
    const faulty = `${twoTokens}GHST1,totp,AAAA\n,hotp,${secret}\nGHST12345678,totp,${secret}\n`;
    expect(await opened.load(faulty)).toEqual({
      ok: false,
      faults: [
        { line: 4, fault: 'the seed is shorter than 112 bits' },
        { line: 5, fault: 'the Credential ID is not 4 to 32 letters and digits' },
        { line: 6, fault: 'GHST12345678 stands on line 2 already' },
      ],
      more: 0,
    });
    expect(await ids()).toEqual([]);
    expect(await claim('GHST12345678')).toEqual({ ok: false, why: 'wrong' });
    expect(await opened.load(twoTokens)).toMatchObject({ ok: true, added: 2 });
  });

  it('tells which tokens the inventory has already, by line', async () => {
    await opened.load(twoTokens);
    const again = `credential_id,seed_base64\nGHST00000001,${secret}\nghst 1234-5678,${secret}\n`;
    expect(await opened.load(again)).toMatchObject({
      faults: [{ line: 3, fault: 'GHST12345678 is in the inventory already' }],
    });
    expect(await ids()).toHaveLength(2);
  });

  it('keeps realms apart: the same id may stand in two', async () => {
    await opened.load(twoTokens);
    expect(await opened.load(twoTokens, { realm: 'wss' })).toMatchObject({ ok: true, added: 2 });
    await opened.tokens.block('wss', 'GHST12345678', 'lost', { kind: 'operator' });
    expect(await claim('GHST12345678')).toMatchObject({ ok: true });
  });

  it('R3: that was cut off is seen by nobody, and cleaned up by the next one', async () => {
    const source = (async function* () {
      const rows = Array.from({ length: 250 }, (_, n) => `CUT${String(n).padStart(9, '0')},${secret}\n`);
      yield Buffer.from(`credential_id,seed_base64\n${rows.join('')}`);
      throw new Error('the power went');
    })();
    // As if the process had died: what would clean up does not get to do it.
    const { store } = opened;
    const batches = store.collections().find((each) => each.declaration.name === 'token_batches');
    const update = batches?.update.bind(batches);
    let isDead = false;
    if (batches !== undefined && update !== undefined) {
      batches.update = (id, change) =>
        update(id, (doc) => {
          const changed = change(doc);
          return isDead && (changed as { state?: string } | undefined)?.state === 'discarded' ? undefined : changed;
        });
    }
    isDead = true;
    await expect(opened.tokens.import({ realm: 'msp', source }, { kind: 'operator' })).rejects.toThrow(
      'the power went',
    );
    isDead = false;
    const left = async () => (await tokensOf()).length;
    const tokensOf = async () => {
      const all = store.collections().find((each) => each.declaration.name === 'tokens');
      return (await all?.list({ index: 'credential', equals: ['msp'], limit: 2_000 }))?.items ?? [];
    };
    expect(await left()).toBeGreaterThan(0);
    expect(await ids()).toEqual([]);
    expect(await opened.tokens.find('msp', 'CUT000000001')).toBeUndefined();
    expect(await opened.tokens.hasTokens('msp')).toBe(false);

    expect(await opened.load(`credential_id,seed_base64\nCUT000000001,${secret}\n`)).toMatchObject({
      faults: [{ line: 2, fault: 'CUT000000001 is being imported by somebody else, or was until a minute ago' }],
    });
    opened.clock.advance(61_000);
    await opened.tokens.repair();
    expect(await left()).toBe(0);
    expect(await opened.load(`credential_id,seed_base64\nCUT000000001,${secret}\n`)).toMatchObject({ ok: true });
  });

  it('that was given up while it was silent adds nothing more', async () => {
    const source = (async function* () {
      yield Buffer.from('credential_id,seed_base64\n');
      opened.clock.advance(61_000);
      await opened.tokens.repair();
      yield Buffer.from(`LATE00000001,${secret}\n`);
    })();
    const imported = await opened.tokens.import({ realm: 'msp', source }, { kind: 'operator' });
    expect(imported).toMatchObject({ ok: false, faults: [{ fault: expect.stringContaining('silent') }] });
    expect(await ids()).toEqual([]);
  });

  it('of the same file twice at once brings it once or not at all, never in parts', async () => {
    const rows = Array.from({ length: 350 }, (_, n) => `TWIN${String(n).padStart(8, '0')},${secret}\n`).join('');
    const file = `credential_id,seed_base64\n${rows}`;
    const both = await Promise.all([opened.load(file), opened.load(file)]);
    expect(both.filter((one) => one.ok).length).toBeLessThanOrEqual(1);
    expect([0, 350]).toContain((await ids()).length);
  });

  it('assigns what the file assigns, and refuses people that nobody knows', async () => {
    const personOf = async (identifier: string) => (identifier === 'mia@example.com' ? 'mia' : undefined);
    const file = `credential_id,seed_base64,assigned_to\nGHST00000001,${secret},mia@example.com\n`;
    expect(await opened.load(file, { personOf })).toMatchObject({ ok: true });
    expect(await opened.tokens.list({ realm: 'msp', person: 'mia', limit: 9 })).toMatchObject({
      items: [{ credentialId: 'GHST00000001', standing: 'assigned' }],
    });
    expect(await opened.load(file.replace('00000001', '00000002').replace('mia@', 'who@'), { personOf })).toMatchObject(
      {
        faults: [{ line: 2, fault: 'nobody is known as who@example.com' }],
      },
    );
  });

  it('S2: leaves no seed in clear at rest', async () => {
    if (opened.dataDir === '') return;
    await opened.load(twoTokens);
    const { readdir, readFile } = await import('node:fs/promises');
    for (const file of await readdir(opened.dataDir)) {
      const content = (await readFile(`${opened.dataDir}/${file}`)).toString('latin1');
      for (const planted of [secret, '12345678901234567890']) expect(content).not.toContain(planted);
    }
  });

  it('exports what an import reads again, with seeds when they are asked for', async () => {
    const file = `credential_id,kind,seed_base64,serial,expires\nGHST00000001,hotp,${secret},"a ""b"", c",2031-12-31\n`;
    await opened.load(file);
    await opened.tokens.block('msp', 'GHST00000001', 'lost', { kind: 'operator' });
    const exported = async (withSeeds: boolean) => {
      const lines: string[] = [];
      for await (const line of opened.tokens.export('msp', { withSeeds, nameOf: async (id) => id })) lines.push(line);
      return lines.join('');
    };
    expect(await exported(false)).not.toContain(secret);
    expect(await opened.load(await exported(true), { realm: 'other' })).toMatchObject({ ok: true, added: 1 });
    const { id: _, realm: _r, createdAt: _c, ...one } = (await opened.tokens.find('msp', 'GHST00000001')) ?? {};
    expect(await opened.tokens.find('other', 'GHST00000001')).toMatchObject(one);
    expect(one).toMatchObject({ standing: 'lost', serial: 'a "b", c' });
  });
});
