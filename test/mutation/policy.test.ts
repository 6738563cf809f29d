import { mutantsOf, mutated } from '../../scripts/mutation/mutants.ts';
import { openWorkplace, type Workplace } from '../../scripts/mutation/workplace.ts';

/** A part of `npm run mutate:policy`: how each rule combines, broken once. */
describe('a rule that is broken', () => {
  let place: Workplace;
  let source: string;

  beforeAll(async () => {
    place = await openWorkplace('policy');
    source = await place.read('effective.ts');
  });

  afterAll(() => place.close());

  it('is noticed by the tables of the policy room, which pass when it is whole', async () => {
    expect(await place.pass('combining', 'effective')).toBe(true);
    const rules = ['secondMethod', 'tokenCodes', 'preassignedTokensOnly', 'peoplePerToken', 'sms', 'voice'];
    const more = ['rememberBrowserDays', 'sessionHours', 'idleMinutes', 'passkeySignIn'];
    for (const rule of [...rules, ...more]) {
      const mutant = mutantsOf(source).find(({ before }) => before.includes(`said.${rule},`));
      if (mutant === undefined) throw new Error(`nothing to break in ${rule}`);
      await place.write('effective.ts', mutated(source, mutant));
      expect([rule, await place.pass('combining', 'effective')]).toEqual([rule, false]);
    }
    await place.write('effective.ts', source);
  });
});
