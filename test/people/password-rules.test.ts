import { judgePassword, maxPasswordLength, passwordLength } from '../../src/people/password-rules.ts';

const rules = { minLength: 8 };
const words = ['mia.berger@example.com', 'miab', 'Mia Berger', 'web1', 'gatehouse'];

describe('N18: password rules', () => {
  it.each([
    ['a7$kQz9', 'too_short'],
    ['a7$kQz9w', undefined],
    ['😀🎉🚀🌈🔥🍕🎸', 'too_short'],
    ['😀🎉🚀🌈🔥🍕🎸🐙', undefined],
    ['correct horse battery staple', undefined],
    ['        ', 'common'],
    ['password', 'common'],
    ['PassWord', 'common'],
    ['passwordpassword', 'common'],
    ['ｐａｓｓｗｏｒｄ', 'common'],
    ['aaaaaaaaaaaaaaaa', 'common'],
    ['abcabcabcabcabc', 'common'],
    ['1234567890123456', 'common'],
    ['abcdefghijklmnop', 'common'],
    ['9876543210', 'common'],
    ['qwertyuiop', 'common'],
    ['mia.berger@example.com', 'like_identifier'],
    ['Mia.Berger', 'like_identifier'],
    ['miaberger1985', 'like_identifier'],
    ['123-Berger-456', 'like_identifier'],
    ['BergerBerger', 'like_identifier'],
    ['gatehouse1!', 'like_identifier'],
    ['98765432101', undefined],
    ['berger likes long walks', undefined],
  ])('%j with at least 8: %s', async (password, fault) => {
    expect(await judgePassword(password, rules, words)).toBe(fault);
  });

  it('takes 64 and up to 1,024 code points, and says so beyond instead of cutting', async () => {
    const long = Array.from({ length: maxPasswordLength + 1 }, (_, at) =>
      String.fromCodePoint(0x4e00 + ((at * 7919) % 900)),
    ).join('');
    expect(await judgePassword([...long].slice(0, 64).join(''), rules, words)).toBeUndefined();
    expect(await judgePassword([...long].slice(0, maxPasswordLength).join(''), rules, words)).toBeUndefined();
    expect(await judgePassword(long, rules, words)).toBe('too_long');
  });

  it('asks for no kinds of characters', async () => {
    expect(await judgePassword('quiet lantern harbour', { minLength: 15 }, words)).toBeUndefined();
    expect(await judgePassword('83620174958', rules, words)).toBeUndefined();
  });

  it('counts code points as they were typed', () => {
    expect(passwordLength('e\u0301😀')).toBe(3);
  });
});
