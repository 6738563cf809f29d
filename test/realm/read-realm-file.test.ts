import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { readRealmFile } from '../../src/realm/index.ts';
import { realmFileJsonSchema } from '../../src/realm/realm-file-json-schema.ts';
import { shop } from './realms-for-tests.ts';

const options = { factorKinds: ['totp'] };
/** What ships may name any kind that the product has. */
const allKinds = { factorKinds: ['totp', 'passkey', 'phone', 'email', 'token', 'recovery'] };

function faultsOf(text: string, more: object = options) {
  const read = readRealmFile(text, 'shop.yaml', more);
  return read.ok ? [] : read.faults.map(({ line, path, message }) => `${line} ${path}: ${message}`);
}

describe('reading a realm file', () => {
  it('fills in what is left out', () => {
    const read = readRealmFile('realm: shop\nname: Shop\n', 'shop.yaml');
    expect(read).toMatchObject({
      ok: true,
      file: { languages: ['en'], branding: { accent: '#1f5fbf' }, policy: {}, portals: [], people: [] },
    });
  });

  it('reports every fault with its line, and what was probably meant', () => {
    const text = `realm: shop
nmae: Shop
branding:
  acent: "#0b6e4f"
languages: [en, dee]
policy:
  secondFactor: requried
  idleMinutes: 2
  methods: [totpp]
portals:
  - clientId: desk
    name: Desk
    redirectUri: [https://desk.example.com/callback]
`;
    expect(faultsOf(text)).toEqual([
      '1 name: "name" is missing',
      '2 nmae: unknown setting "nmae"; did you mean "name"?',
      '4 branding.acent: unknown setting "acent"; did you mean "accent"?',
      '5 languages.1: must be one of en, de, fr, es, nl, ja; did you mean "de"?',
      '7 policy.secondFactor: must be one of off, optional, required; did you mean "required"?',
      '8 policy.idleMinutes: must be a whole number from 5 to 1440, or off',
      '13 portals.desk.redirectUri: unknown setting "redirectUri"; did you mean "redirectUris"?',
    ]);
  });

  it.each([
    [
      'a factor there is not',
      'methods: [totp]',
      'methods: [totp, sms]',
      /^9 policy.methods.1: there is no factor "sms"/,
    ],
    [
      'a word for minutes',
      'sessionHours: 12',
      'idleMinutes: never',
      /^10 policy.idleMinutes: must be a whole number from 5 to 1440, or off$/,
    ],
    ['two portals of one name', 'clientId: till', 'clientId: desk', /^16 portals.desk.clientId: another portal/],
    [
      'a portal without an address',
      '[https://desk.example.com/callback]',
      '[]',
      /^14 portals.desk.redirectUris: must have at least one/,
    ],
    ['a key twice', 'name: Shop', 'name: Shop\nname: Shop', /unique/],
    ['a tab for indentation', '  accent', '\taccent', /tab/i],
    ['an unfinished list', '[en, de]', '[en, de', /./],
    ['a reserved name', 'realm: shop', 'realm: admin', /^2 realm: is a word that addresses of Gatehouse use/],
    ['capitals in the realm', 'realm: shop', 'realm: Shop', /^2 realm: must be 2 to 32/],
    ['a number for a name', 'name: Shop', 'name: 7', /^3 name: must be text of 1 to 80 characters$/],
    ['a language twice', '[en, de]', '[en, en]', /^6 languages: each only once/],
    ['a colour that is none', '"#0b6e4f"', 'green', /^5 branding.accent: must be a colour such as/],
    ['a name that hides characters', 'name: Shop', 'name: "Sh\\u202eop"', /^3 name: must be one line/],
    [
      'an origin with a path',
      'realm: shop',
      'realm: shop\norigin: https://id.shop.example/',
      /^3 origin: must be an origin/,
    ],
    [
      'a script for a link',
      'realm: shop',
      'realm: shop\nlinks: { help: "javascript:alert(1)" }',
      /^3 links.help: must begin with https/,
    ],
    [
      'people outside development',
      'realm: shop',
      'realm: shop\npeople: [{ name: Mia, email: mia@example.com }]',
      /^3 people: only a development realm/,
    ],
    [
      'tokens outside development',
      'realm: shop',
      'realm: shop\ntokens: [{ credentialId: GHST12345678, seed: JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP }]',
      /^3 tokens: only a development realm/,
    ],
    [
      'a secret outside development',
      'name: Desk',
      'name: Desk\n    secret: a-secret-in-a-file',
      /^14 portals.desk.secret: only a development realm/,
    ],
    [
      '{demo} outside development',
      'https://desk.example.com/callback',
      '"{demo}/callback"',
      /^14 portals.desk.redirectUris.0: {demo} stands for/,
    ],
  ])('refuses %s', (_, from, to, fault) => {
    const faults = faultsOf(shop.replace(from, to));
    expect(shop).toContain(from);
    expect(faults[0]).toMatch(fault);
  });

  it('in development takes people, secrets and {demo}', () => {
    const text = shop
      .replace('https://desk.example.com/callback', '"{demo}/desk/callback"')
      .replace('name: Desk', 'name: Desk\n    secret: a-secret-in-a-file')
      .concat('people: [{ name: Mia, email: mia@example.com, password: quiet lantern }]\n');
    const read = readRealmFile(text, 'shop.yaml', { ...options, demoOrigin: 'http://localhost:4001' });
    expect(read).toMatchObject({
      ok: true,
      file: { people: [{ name: 'Mia' }], portals: [{ redirectUris: ['http://localhost:4001/desk/callback'] }, {}] },
    });
  });

  it('keeps public portals without a secret, and people apart', () => {
    const development = { ...options, demoOrigin: 'http://localhost:4001' };
    expect(faultsOf(shop.replace('name: Till', 'name: Till\n    secret: a-secret-in-a-file'), development)).toEqual([
      '18 portals.till.secret: a native portal is public and has no secret',
    ]);
    const people =
      'people:\n  - { name: Mia, email: mia@example.com }\n  - { name: Mo, email: MIA@example.com }\n  - { name: Bo }\n';
    expect(faultsOf(`${shop}${people}`, development)).toEqual([
      '22 people.MIA@example.com: another person of this file has this email or username',
      '23 people.2: a person needs an email or a username',
    ]);
  });

  it('B1: refuses any text without throwing, and is not blown up by aliases', () => {
    const bomb = [
      'a: &a [x,x,x,x,x,x,x,x,x]',
      ...'bcdefgh'.split('').map((name, at) => `${name}: &${name} [${Array(9).fill(`*${'abcdefgh'[at]}`).join(',')}]`),
    ];
    expect(faultsOf(bomb.join('\n')).length).toBeGreaterThan(0);
    expect(faultsOf('x'.repeat(1_048_577))).toEqual(['1 : is longer than 1 MiB']);
    const lines = shop.split('\n');
    const mangled = fc
      .array(fc.oneof(fc.constantFrom(...lines), fc.string({ unit: 'binary', maxLength: 20 })), { maxLength: 12 })
      .map((parts) => parts.join('\n'));
    fc.assert(
      fc.property(mangled, (text) => {
        const read = readRealmFile(text, 'x.yaml', options);
        return (
          read.ok || (read.faults.length > 0 && read.faults.every((fault) => fault.line >= 1 && fault.message !== ''))
        );
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('tokens of a development realm file', () => {
  const seed = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP';
  const withToken = (more: string, id = 'GHST00000002') => `realm: shop
name: Shop
people: [{ name: Mia, email: mia@example.com, username: mia }]
tokens:
  - { credentialId: GHST00000001, seed: ${seed} }
  - { credentialId: ${id}, seed: ${seed}${more} }
`;
  const development = { ...options, demoOrigin: 'http://localhost:4001' };

  it.each(['', ', assignedTo: mia', ', assignedTo: mia@example.com, active: true'])('may have%s', (more) => {
    expect(faultsOf(withToken(more), development)).toEqual([]);
  });

  it.each([
    ['a Credential ID twice', withToken('', 'GHST00000001'), /^6 tokens.1.credentialId: another token/],
    ['small letters in one', withToken('', 'ghst00000002'), /^6 tokens.1.credentialId: must be 4 to 32 capitals/],
    ['nobody of the file', withToken(', assignedTo: noah'), /^6 tokens.1.assignedTo: nobody of this file is "noah"/],
    ['asking nobody', withToken(', active: true'), /^6 tokens.1.active: a token is asked of somebody/],
    ['an unknown organization', withToken(', organization: north'), /^6 tokens.1.organization: no organization/],
    [
      'a short seed',
      withToken('').replace(`1, seed: ${seed}`, '1, seed: JBSWY3DPEHPK3PXP'),
      /^5 tokens.0.seed: must be/,
    ],
  ])('are refused for %s', (_, text, fault) => {
    expect(faultsOf(text, development)).toEqual([expect.stringMatching(fault)]);
  });
});

describe('what ships', () => {
  const directory = new URL('../../config/realms/', import.meta.url);

  it.each(readdirSync(directory))(
    '%s is in order in development, and refused in production for its people and secrets',
    (name) => {
      const text = readFileSync(new URL(name, directory), 'utf8');
      expect(text.split('\n')[0]).toBe('# yaml-language-server: $schema=../realm.schema.json');
      expect(faultsOf(text, { ...allKinds, demoOrigin: 'http://localhost:4001' })).toEqual([]);
      expect(faultsOf(text, allKinds).join('\n')).toMatch(/homeUrl: {demo}.*people: only a development realm/s);
    },
  );

  it('the JSON Schema for editors is current (node scripts/realm-schema.ts)', () => {
    expect(readFileSync(new URL('../../config/realm.schema.json', import.meta.url), 'utf8')).toBe(
      realmFileJsonSchema(),
    );
  });
});
