import { type Mutant, mutantsOf, mutated } from '../../scripts/mutation/mutants.ts';
import { openWorkplace, type Workplace } from '../../scripts/mutation/workplace.ts';

/** A part of `npm run mutate:policy`: how each rule combines, and each judge of a sign-in, broken once. */
describe('the policy room, broken', () => {
  let place: Workplace;
  beforeAll(async () => {
    place = await openWorkplace('policy');
  });
  afterAll(() => place.close());

  /** Each by itself, noticed by some of these tables. */
  async function expectNoticed(file: string, mutants: readonly Mutant[], tables: readonly string[]): Promise<void> {
    const source = await place.read(file);
    for (const mutant of mutants) {
      await place.write(file, mutated(source, mutant));
      expect([mutant.before.trim(), await place.pass(...tables)]).toEqual([mutant.before.trim(), false]);
    }
    await place.write(file, source);
  }

  it('is noticed by its tables, which pass when it is whole: how a rule combines', async () => {
    const tables = ['combining', 'effective'];
    expect(await place.pass(...tables)).toBe(true);
    const all = mutantsOf(await place.read('effective.ts'));
    const rules = ['secondMethod', 'tokenCodes', 'preassignedTokensOnly', 'peoplePerToken', 'sms', 'voice'];
    const more = ['rememberBrowserDays', 'sessionHours', 'idleMinutes', 'passkeySignIn'];
    const mutants = [...rules, ...more].map((rule) => {
      const mutant = all.find(({ before }) => before.includes(`said.${rule},`));
      if (mutant === undefined) throw new Error(`nothing to break in ${rule}`);
      return mutant;
    });
    await expectNoticed('effective.ts', mutants, tables);
  });

  it('is noticed by its tables: a judge that is not asked', async () => {
    const tables = ['next', 'journey', 'here-and-now', 'weak-factor', 'acr'];
    expect(await place.pass(...tables)).toBe(true);
    const judges = mutantsOf(await place.read('next.ts')).filter(({ after }) => after === '');
    expect(judges.length).toBeGreaterThan(12);
    await expectNoticed('next.ts', judges, tables);
  });
});
