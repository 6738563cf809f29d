import { combine, type Level } from '../../src/policy/index.ts';
import { combined } from '../../src/sign-in/combined.ts';

const realm: Level = { kind: 'realm', id: 'web1', name: 'Web1', rules: { secondFactor: 'optional' } };
const mail: Level = { kind: 'portal', id: 'mail', name: 'Mail', rules: { secondFactor: 'required' } };

describe('what realm and portal come to', () => {
  it('is what policy makes of them, reckoned once while they stay as they are', () => {
    const first = combined([realm, mail]);
    expect(first).toStrictEqual(combine([realm, mail]));
    expect(combined([{ ...realm }, { ...mail }])).toBe(first);
  });

  const organization: Level = { kind: 'organization', id: 'o', name: 'O', rules: { sms: 'not' } };
  it.each<[string, readonly Level[]]>([
    ['rules of the realm that changed', [{ ...realm, rules: { secondFactor: 'off' } }, mail]],
    ['rules of the portal that changed', [realm, { ...mail, rules: { secondFactor: 'optional' } }]],
    ['another name of the realm', [{ ...realm, name: 'Web 1' }, mail]],
    ['another portal with the same rules', [realm, { ...mail, id: 'notes' }]],
    ['the portal alone', [mail]],
    ['one more portal', [realm, { ...mail, id: 'notes', rules: { sms: 'not' } }, mail]],
    ['an organization between them', [realm, organization, mail]],
    ['what binds the person alone', [realm, mail, { kind: 'user', id: 'u', name: 'Mia', rules: mail.rules }]],
  ])('takes %s into account', (_what, levels) => {
    combined([realm, mail]);
    expect(combined(levels)).toStrictEqual(combine(levels));
    expect(combined([realm, mail])).toStrictEqual(combine([realm, mail]));
  });
});
