import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { openStore, type Updated } from '../../src/store/index.ts';
import { planOf } from '../../src/store/plan.ts';
import { indexObject, nothing, tableSpec, writeSql } from '../../src/store/sqlite/tables.ts';
import { aStore } from '../support/store.ts';
import { aThing, type Thing, thingsNamed } from './things.ts';

const declaration = thingsNamed('things');
const plan = planOf(declaration);
const spec = tableSpec(plan);

function reading<R>(dataDir: string, act: (db: DatabaseSync) => R): R {
  const db = new DatabaseSync(join(dataDir, 'gatehouse.db'));
  try {
    return act(db);
  } finally {
    db.close();
  }
}

/** Ids of documents of which some column does not say what the body says. */
const astray = (dataDir: string) =>
  reading(dataDir, (db) => {
    const differs = spec.columns.map(({ name, expression }) => `"${name}" IS NOT ${expression}`).join(' OR ');
    const integrity = db.prepare('PRAGMA integrity_check').all();
    expect(integrity).toEqual([{ integrity_check: 'ok' }]);
    return db.prepare(`SELECT id FROM things WHERE ${differs}`).all();
  });

describe("the columns of SQLite's indexes", () => {
  it('say what the document says, whatever changed in it', async () => {
    const { store, dataDir, close } = await aStore();
    const things = store.collection(declaration);
    await store.bootstrap();
    const date = fc.constantFrom(new Date(0), new Date(1), new Date('2026-11-23T12:00:00Z'));
    const maybe = <V>(value: fc.Arbitrary<V>) => fc.option(value, { nil: undefined });
    const text = fc.constantFrom('', 'a', "it's", '-9e999', '\ud800', 'é');
    const changes = fc.array(
      fc.record(
        {
          label: maybe(text),
          rank: maybe(fc.constantFrom(0, -0, 1, 1.5, -1e300)),
          at: date,
          isOpen: fc.boolean(),
          tags: fc.subarray(['x', 'y', 'z']),
          count: fc.constantFrom(0, 1),
          mail: maybe(fc.constantFrom('a@x', 'b@x')),
          expiresAt: maybe(date),
          seenAt: maybe(date),
          code: maybe(text),
        },
        { requiredKeys: [] },
      ),
      { minLength: 1, maxLength: 8 },
    );
    let made = 0;
    await fc.assert(
      fc.asyncProperty(changes, async (all) => {
        made += 1;
        const id = `thing-${made}`;
        await things.insert(aThing({ id, realm: id, inner: { code: 'c' } }));
        for (const { seenAt, code, ...change } of all) {
          // What is changed in place is no less a change.
          const make = (thing: Thing): Thing => {
            Object.assign(thing.inner ?? {}, { seenAt, ...(code === undefined ? {} : { code }) });
            return { ...thing, ...change, ...('mail' in change && change.mail ? { mail: `${id}${change.mail}` } : {}) };
          };
          const done: Updated<Thing> = await things.update(id, make);
          expect(done.ok).toBe(true);
          const found = await things.list({
            index: 'seen',
            equals: [id, seenAt ?? null],
            limit: 2,
          });
          expect(found.items.map((item) => item.id)).toEqual([id]);
        }
        expect(astray(dataDir)).toEqual([]);
      }),
      { numRuns: 40 },
    );
    await close();
  });

  it('are left alone, with their indexes, by a change of anything else', async () => {
    const { store, dataDir, close } = await aStore();
    // Without those over lists, which triggers keep.
    const flat = { ...declaration, indexes: declaration.indexes.filter(({ fields }) => !fields.includes('tags')) };
    store.collection(flat);
    await store.bootstrap();
    const { replace, replaceBody } = writeSql(planOf(flat));
    const touched = (sql: string) =>
      reading(dataDir, (db) => {
        const steps = db.prepare(`EXPLAIN ${sql}`).all(null, '{}', 'x', 1);
        return steps.filter(({ opcode }) => opcode === 'IdxInsert').length;
      });
    // The one of those that have something to tell, which is asked for whether they have.
    expect(touched(replaceBody)).toBe(1);
    expect(touched(replace)).toBe(1 + spec.indexes.length - 1);
    await close();
  });

  it('take the place of generated ones, as an earlier program made them, and nothing is lost', async () => {
    const { store, dataDir, keyring, clock, close } = await aStore();
    const before = store.collection(declaration);
    await store.bootstrap();
    const some = [
      aThing({ label: 'one', tags: ['x', 'y'], mail: 'one@x', expiresAt: new Date(5) }),
      aThing({ label: 'two', tags: ['y'] }),
    ];
    for (const one of some) await before.insert(one);
    const revisions = reading(dataDir, (db) =>
      db.prepare(`SELECT id, "${spec.revision}" FROM things ORDER BY id`).all(),
    );
    await store.close();

    reading(dataDir, (db) => asItWas(db));
    const again = await openStore({ database: '', dataDir, keyring, clock });
    const things = again.collection(declaration);
    await again.bootstrap();
    expect(astray(dataDir)).toEqual([]);
    expect(reading(dataDir, (db) => db.prepare(`SELECT id, "${spec.revision}" FROM things ORDER BY id`).all())).toEqual(
      revisions,
    );
    const { realm } = some[0] as Thing;
    for (const one of some) expect(await things.get(one.id)).toEqual(one);
    const found = async (index: string, equals: readonly string[]) =>
      (await things.list({ index, equals, limit: 9 })).items.map(({ label }) => label);
    expect(await found('label', [realm, 'two'])).toEqual(['two']);
    expect((await found('tag', ['y'])).toSorted()).toEqual(['one', 'two']);
    expect((await things.findBy('mail', ['one@x']))?.label).toBe('one');
    await things.update((some[1] as Thing).id, (thing) => ({ ...thing, tags: ['z'], label: 'three' }));
    expect(await found('tag', ['z'])).toEqual(['three']);
    await expect(things.insert(aThing({ mail: 'one@x' }))).rejects.toMatchObject({ index: 'mail' });
    // A program that knows of other columns finds none that it could write.
    for (const sql of [
      `INSERT INTO things (id, rev, pending, body) VALUES ('old', 1, NULL, '{}')`,
      `UPDATE things SET rev = rev + 1, pending = NULL, body = '{}' WHERE id = 'x' AND rev = 1`,
      'SELECT body, rev FROM things',
    ]) {
      expect(() => reading(dataDir, (db) => db.exec(sql))).toThrow(/no (?:such column|column named)/);
    }
    // And the next start finds nothing to do.
    const laidOut = () => reading(dataDir, (db) => db.prepare('SELECT name, rootpage FROM sqlite_schema').all());
    const pages = laidOut();
    await again.close();
    const third = await openStore({ database: '', dataDir, keyring, clock });
    third.collection(declaration);
    await third.bootstrap();
    expect(laidOut()).toEqual(pages);
    await third.close();
    await close();
  });

  it('are laid out anew where indexes came and went, and whoever holds others finds nothing', async () => {
    const { store, dataDir, elsewhere, close } = await aStore();
    const things = store.collection(declaration);
    await store.bootstrap();
    const one = aThing({ label: 'one', mail: 'one@x', tags: ['x'] });
    await things.insert(one);
    const other = await elsewhere();
    const fewer = other.collection({
      ...declaration,
      indexes: declaration.indexes.filter(({ name }) => name === 'label' || name === 'tag'),
    });
    await other.bootstrap();
    expect((await fewer.list({ index: 'tag', equals: ['x'], limit: 2 })).items).toEqual([one]);
    // What needs no column is there for everybody.
    expect(await things.get(one.id)).toEqual(one);
    const gone = { code: 'unavailable' };
    await expect(things.insert(aThing())).rejects.toMatchObject(gone);
    await expect(things.update(one.id, (thing) => ({ ...thing, count: 7 }))).rejects.toMatchObject(gone);
    await expect(things.findBy('mail', ['one@x'])).rejects.toMatchObject(gone);
    await fewer.update(one.id, (thing) => ({ ...thing, mail: 'two@x' }));
    await store.bootstrap();
    expect(await things.findBy('mail', ['two@x'])).toEqual({ ...one, mail: 'two@x' });
    expect(astray(dataDir)).toEqual([]);
    await close();
  });
});

/** The table of `things` as it was laid out with generated columns. */
function asItWas(db: DatabaseSync): void {
  db.exec('BEGIN');
  for (const { name } of spec.indexes) db.exec(`DROP INDEX "${name}"`);
  for (const event of ['INSERT', 'UPDATE', 'DELETE'])
    for (const { name } of spec.sides) db.exec(`DROP TRIGGER "${name}/${event}"`);
  for (const { name } of spec.columns) db.exec(`ALTER TABLE things DROP COLUMN "${name}"`);
  for (const { name, expression } of spec.columns)
    db.exec(`ALTER TABLE things ADD COLUMN "${name}" GENERATED ALWAYS AS (${expression}) VIRTUAL`);
  for (const { sql } of spec.indexes) db.exec(sql);
  for (const { statements } of spec.sides)
    for (const sql of statements) if (sql.startsWith('CREATE TRIGGER')) db.exec(sql);
  db.exec(`ALTER TABLE things RENAME COLUMN "${spec.revision}" TO rev`);
  db.exec('COMMIT');
  const mail = plan.indexes.get('mail');
  if (mail === undefined) throw new Error('no index of mail');
  const listed = `SELECT id FROM things INDEXED BY "${indexObject(plan, mail)}" WHERE "k.mail" > ${nothing}`;
  expect(db.prepare(listed).all()).toHaveLength(1);
}
