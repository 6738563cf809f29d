import { readRealmFile } from '../../src/realm/index.ts';

const faults = (line: string) => {
  const read = readRealmFile(`realm: shop\nname: Shop\n${line}\n`, 'shop.yaml');
  return read.ok ? [] : read.faults.map(({ path, message }) => `${path}: ${message}`);
};

describe('a setting that is too small, too large or of another kind', () => {
  it.each([
    ['policy: { idleMinutes: 4 }', 'policy.idleMinutes: must be a whole number from 5 to 1440, or off'],
    ['policy: { idleMinutes: 1441 }', 'policy.idleMinutes: must be a whole number from 5 to 1440, or off'],
    ['policy: { idleMinutes: 5.5 }', 'policy.idleMinutes: must be a whole number from 5 to 1440, or off'],
    ['policy: { idleMinutes: [5] }', 'policy.idleMinutes: must be a whole number from 5 to 1440, or off'],
    ['policy: { sessionHours: 0.5 }', 'policy.sessionHours: must be a number from 1 to 720'],
    ['policy: { passwordMinLength: 65 }', 'policy.passwordMinLength: must be a whole number from 8 to 64'],
    ['support: { phone: "" }', 'support.phone: must be text of 1 to 40 characters'],
    ['languages: []', 'languages: must be a list of 1 or more entries'],
    ['languages: en', 'languages: must be a list of 1 or more entries'],
    ['links: yes', 'links: must be settings of its own (privacy, help)'],
    ['registration: { enabled: maybe }', 'registration.enabled: must be true or false'],
    ['keys: { rotateEveryDays: 0 }', 'keys.rotateEveryDays: must be a whole number from 1 to 3650'],
    [
      'portals: [{ clientId: desk, name: Desk, grants: [] }]',
      'portals.desk.grants: must be a list of 1 or more entries',
    ],
    ['portals: [{ name: Desk, enabled: 1 }]', 'portals.0.enabled: must be true or false'],
    [
      'people: [{ email: mia@shop.example, name: "" }]',
      'people.mia@shop.example.name: must be text of 1 to 200 characters',
    ],
  ])('is told what may stand there: %s', (line, told) => {
    expect(faults(line)).toContain(told);
  });

  it('keeps the words of its own where there are some', () => {
    const jwks = 'jwks: { keys: [{ kty: EC, d: x }] }';
    expect(faults(`portals: [{ clientId: desk, name: Desk, ${jwks} }]`)).toContain(
      'portals.desk.jwks.keys.0.d: is part of a private key; put the public key here',
    );
  });
});
