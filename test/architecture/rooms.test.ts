import { readdirSync, readFileSync } from 'node:fs';

describe('docs/architecture.md', () => {
  it('tells of every room there is, and of no other', () => {
    const told = [...readFileSync('docs/architecture.md', 'utf8').matchAll(/^\| `([a-z-]+)\/` \|/gm)].map(
      ([, room = '']) => room,
    );
    const rooms = readdirSync('src', { withFileTypes: true }).flatMap((entry) =>
      entry.isDirectory() ? [entry.name] : [],
    );
    expect(told.toSorted()).toEqual(rooms.toSorted());
  });

  it('has decisions beside it, each under a number of its own', () => {
    const files = readdirSync('docs/adr');
    const numbers = files.map((file) => Number(/^(\d{4})-[a-z0-9-]+\.md$/.exec(file)?.[1]));
    expect(new Set(numbers).size).toBe(files.length);
    files.forEach((file, at) => {
      expect(readFileSync(`docs/adr/${file}`, 'utf8')).toMatch(new RegExp(`^# ${numbers[at]}\\. \\S`));
    });
  });
});
