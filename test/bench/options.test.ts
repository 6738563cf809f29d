import { nameOf, readOptions } from '../../scripts/bench/options.ts';

const settingsOf = (...args: string[]) => {
  const options = readOptions(args);
  return typeof options === 'string' ? options : options.settings.map(nameOf);
};

describe('options of the bench', () => {
  it('measures both engines, few and many people, one and two workers, when nothing is said', () => {
    expect(settingsOf()).toHaveLength(8);
    expect(settingsOf()).toContain('mongodb, 200,000 people, 2 workers');
  });

  it('measures SQLite with one worker when it must be quick', () => {
    expect(settingsOf('--quick')).toEqual(['sqlite, 1,000 people, 1 worker']);
  });

  it('measures what is named', () => {
    expect(settingsOf('--engine', 'mongodb', '--people', '5000', '--workers', '1', '--workers', '3')).toEqual([
      'mongodb, 5,000 people, 1 worker',
      'mongodb, 5,000 people, 3 workers',
    ]);
  });

  it.each([
    [['--engine', 'oracle'], '--engine'],
    [['--people', '999'], '--people'],
    [['--people', 'many'], '--people'],
    [['--workers', '0'], '--workers'],
    [['--workers', '1.5'], '--workers'],
    [['--seconds', '0'], '--seconds'],
    [['--operation', 'sleep'], '--operation'],
    [['--fast'], '--fast'],
    [['quick'], 'quick'],
  ])('refuses %j in a sentence', (args, named) => {
    expect(readOptions(args)).toEqual(expect.stringContaining(named));
  });
});
