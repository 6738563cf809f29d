import { createCipheriv, createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import type { Read } from '../../src/tokens/reading/draft.ts';
import type { PskcOptions } from '../../src/tokens/reading/pskc.ts';
import { readTokens } from '../../src/tokens/reading/read-tokens.ts';
import { parts, secret } from './tokens-for-tests.ts';

const figure = (number: number) => readFileSync(new URL(`rfc6030/figure-${number}.xml`, import.meta.url), 'utf8');
const key = Buffer.from('12345678901234567890123456789012', 'hex');

async function read(text: string | Uint8Array, options: PskcOptions = {}, size?: number): Promise<readonly Read[]> {
  const reads: Read[] = [];
  for await (const one of readTokens(parts(text, size), options)) reads.push(one);
  return reads;
}

const faultsOf = async (text: string | Uint8Array, options?: PskcOptions) =>
  (await read(text, options)).flatMap((one) =>
    'faults' in one ? one.faults.map((fault) => `${one.line}: ${fault}`) : [],
  );

const container = (inner: string, more = '') =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<KeyContainer Version="1.0" xmlns="urn:ietf:params:xml:ns:keyprov:pskc"${more}>\n${inner}\n</KeyContainer>`;
const aPackage = (
  id: string,
  data = `<Secret><PlainValue>${secret}</PlainValue></Secret>`,
  policy = '',
  kind = 'totp',
) =>
  `<KeyPackage><DeviceInfo><SerialNo>${id}</SerialNo></DeviceInfo><Key Id="${id}" Algorithm="urn:ietf:params:xml:ns:keyprov:pskc:${kind}"><Data>${data}</Data>${policy}</Key></KeyPackage>`;

describe('the examples of RFC 6030', () => {
  it('figure 2: a seed of 32 bits is refused', async () => {
    expect(await faultsOf(figure(2))).toEqual(['6: the seed is shorter than 112 bits']);
  });

  it('figure 3: a seed in clear, with what describes the device', async () => {
    expect(await read(figure(3))).toEqual([
      {
        line: 6,
        draft: {
          credentialId: '987654321',
          secret,
          kind: 'hotp',
          algorithm: 'sha1',
          digits: 8,
          periodS: 30,
          nextCounter: 0,
          driftSteps: 0,
          serial: '987654321',
          issuer: 'Issuer',
          assignTo: [],
        },
      },
    ]);
    expect(await read(figure(3), { idFrom: 'key' })).toMatchObject([{ draft: { credentialId: '12345678' } }]);
  });

  it('figure 4: a seed that is not in the file is a fault', async () => {
    expect(await faultsOf(figure(4))).toEqual(['6: there is no seed in the file']);
  });

  it('figure 5: the PIN of a token is left out', async () => {
    expect(await read(figure(5))).toMatchObject([{ draft: { credentialId: '987654321' } }, { skipped: 'a PIN' }]);
  });

  it('figure 6: a seed under a pre-shared key, its MAC checked', async () => {
    expect(await read(figure(6), { key })).toMatchObject([{ draft: { secret, digits: 8 } }]);
  });

  it('figure 7: a seed under a password', async () => {
    expect(await read(figure(7), { password: 'qwerty' })).toMatchObject([
      { draft: { secret: Buffer.from(secret, 'base64').toString('base64'), credentialId: '987654321' } },
    ]);
  });

  it('figure 10: many tokens, read however the stream is cut', async () => {
    const whole = await read(figure(10));
    expect(whole.map((one) => ('draft' in one ? one.draft.credentialId : one))).toEqual([
      '654321',
      '123456',
      '9999999',
      '9999999',
    ]);
    for (const size of [1, 7, 64]) expect(await read(figure(10), {}, size)).toEqual(whole);
  });
});

describe('a PSKC file is refused', () => {
  const flip = (text: string, at: string) => text.replace(at, `${at.startsWith('A') ? 'B' : 'A'}${at.slice(1)}`);

  it.each([
    ['without its key', figure(6), {}, 'give --key-file'],
    ['without its password', figure(7), {}, 'give --password-file'],
    ['B4: with a wrong MAC', flip(figure(6), 'Su+NvtQfmvfJzF6bmQiJqoLRExc='), { key }, 'the MAC is wrong'],
    [
      'B4: with a changed seed',
      flip(figure(6), 'AAECAwQFBgcICQoLDA0OD+cIHItlB3Wra1DUpxVvOx2lef1VmNPCMl8jwZqIUqGv'),
      { key },
      'the MAC is wrong',
    ],
    ['without a MAC', figure(6).replace(/<ValueMAC>[^]*?<\/ValueMAC>/, ''), { key }, 'carries no MAC'],
    ['with a key of another length', figure(6), { key: Buffer.alloc(32) }, 'where AES-128 needs 128'],
    [
      'with a salt that is none',
      figure(7).replace('Ej7/PEpyEpw=', '!'),
      { password: 'qwerty' },
      'PBKDF2 cannot be read',
    ],
    [
      'with rounds that never end',
      figure(7).replace('>1000<', '>999999999<'),
      { password: 'qwerty' },
      'rounds of PBKDF2',
    ],
    [
      'B4: with bad base64',
      container(aPackage('GHST1', '<Secret><PlainValue>MTIz!</PlainValue></Secret>')),
      {},
      'not base64',
    ],
    [
      'with a policy that is not understood',
      container(aPackage('GHST1', undefined, '<Policy><NumberOfTransactions>5</NumberOfTransactions></Policy>')),
      {},
      'not understood',
    ],
    [
      'with codes that hold a PIN',
      container(aPackage('GHST1', undefined, '<Policy><PINPolicy PINUsageMode="Prepend"/></Policy>')),
      {},
      'mixed with a PIN',
    ],
    [
      'with another use than codes',
      container(aPackage('GHST1', undefined, '<Policy><KeyUsage>Encrypt</KeyUsage></Policy>')),
      {},
      'one-time codes',
    ],
    ['with another algorithm', container(aPackage('GHST1', undefined, '', 'ocra')), {}, 'neither HOTP nor TOTP'],
    ['with another root', '<a xmlns="urn:ietf:params:xml:ns:keyprov:pskc"/>', {}, 'no PSKC file'],
    ['with another namespace', '<KeyContainer Version="1.0"/>', {}, 'no PSKC file'],
    [
      'of another version',
      container('').replace('"1.0"\n', '"1.0"').replace('Version="1.0"', 'Version="2.0"'),
      {},
      'another version',
    ],
    ['B4: that is cut short', figure(10).slice(0, 900), {}, 'no well-formed XML'],
    ['that is not UTF-8', Buffer.concat([Buffer.from(container('')), Buffer.from([0xff])]), {}, 'not UTF-8'],
    [
      'B4: with an entity bomb',
      `<!DOCTYPE a [<!ENTITY a "${'b'.repeat(99)}"><!ENTITY c "${'&a;'.repeat(99)}">]>${container('&c;')}`,
      {},
      'DTD',
    ],
    [
      'B4: with an outside entity',
      `<!DOCTYPE a [<!ENTITY a SYSTEM "file:///etc/passwd">]>${container('&a;')}`,
      {},
      'DTD',
    ],
    ['with an entity nobody declared', container('&a;'), {}, 'no well-formed XML'],
    ['nested too deep', container(`${'<a>'.repeat(99)}${'</a>'.repeat(99)}`), {}, 'too deep'],
  ] as const)('%s', async (_, text, options, why) => {
    const faults = await faultsOf(text, options);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain(why);
  });

  it('B4: of 50 MB in one element, after the first hundred thousand bytes of it', async () => {
    let given = 0;
    const source = (async function* () {
      yield Buffer.from('<KeyContainer Version="1.0" xmlns="urn:ietf:params:xml:ns:keyprov:pskc"><KeyPackage>');
      for (; given < 50_000_000; given += 10_000) yield Buffer.alloc(10_000, 'x');
    })();
    const reads: Read[] = [];
    for await (const one of readTokens(source, {})) reads.push(one);
    expect(reads).toMatchObject([{ faults: ['one element of the file is too long'] }]);
    expect(given).toBeLessThan(100_000);
  });

  it.each([
    ['a comment', '<!--'],
    ['a document type', '<!DOCTYPE a ['],
    ['an attribute', '<KeyContainer Version="'],
    ['blanks', '<a>'],
    ['blanks before anything', ''],
  ])('B4, B5: of 50 MB in %s', async (_, start) => {
    let given = 0;
    const source = (async function* () {
      yield Buffer.from(start);
      for (; given < 50_000_000; given += 10_000) yield Buffer.alloc(10_000, ' ');
    })();
    const reads: Read[] = [];
    for await (const one of readTokens(source, {})) reads.push(one);
    expect(reads).toHaveLength(1);
    expect(given).toBeLessThan(100_000);
  });
});

describe('a PSKC file', () => {
  it.each([16, 24, 32])('R3: may be encrypted with a key of %i bytes', async (length) => {
    const own = Buffer.alloc(length, 7);
    const macKey = Buffer.alloc(20, 9);
    const iv = Buffer.alloc(16, 3);
    const encrypt = (plain: Buffer) => {
      const cipher = createCipheriv(`aes-${length * 8}-cbc`, own, iv);
      return Buffer.concat([iv, cipher.update(plain), cipher.final()]);
    };
    const value = (bytes: Buffer) =>
      `<x:EncryptionMethod Algorithm="http://www.w3.org/2001/04/xmlenc#aes${length * 8}-cbc"/><x:CipherData><x:CipherValue>${bytes.toString('base64')}</x:CipherValue></x:CipherData>`;
    const seed = encrypt(Buffer.from(secret, 'base64'));
    const mac = createHmac('sha256', macKey).update(seed).digest('base64');
    const file = container(
      `<EncryptionKey><d:KeyName>k</d:KeyName></EncryptionKey><MACMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#hmac-sha256"><MACKey>${value(encrypt(macKey))}</MACKey></MACMethod>` +
        aPackage(
          'GHST12345678',
          `<Secret><EncryptedValue>${value(seed)}</EncryptedValue><ValueMAC>${mac}</ValueMAC></Secret><TimeInterval><PlainValue>60</PlainValue></TimeInterval>`,
        ),
      ' xmlns:x="http://www.w3.org/2001/04/xmlenc#" xmlns:d="http://www.w3.org/2000/09/xmldsig#"',
    );
    expect(await read(file, { key: own })).toMatchObject([{ draft: { secret, periodS: 60 } }]);
  });

  it('B4: tells each token at fault by its line, and reads on', async () => {
    const file = container(
      [aPackage('GHST00000001'), aPackage('x'), aPackage('GHST00000002', '<Secret/>'), aPackage('GHST00000003')].join(
        '\n',
      ),
    );
    const reads = await read(file);
    expect(reads.map((one) => ('faults' in one ? one.faults : one.line))).toEqual([
      3,
      ['the Credential ID is not 4 to 32 letters and digits'],
      ['there is no seed in the file'],
      6,
    ]);
    expect(reads.map(({ line }) => line)).toEqual([3, 4, 5, 6]);
  });

  it('may begin with a byte order mark', async () => {
    expect(await read(`\ufeff${container(aPackage('GHST12345678'))}`)).toMatchObject([{ draft: { kind: 'totp' } }]);
  });

  it('says that its signature is not checked', async () => {
    const file = container(`${aPackage('GHST12345678')}<Signature/>`);
    expect(await read(file)).toMatchObject([{}, { skipped: expect.stringContaining('signature') }]);
  });
});

describe('B1: whatever stands in a file of tokens', () => {
  const marks = fc.constantFrom(
    '<',
    '>',
    '&',
    '"',
    ',',
    ';',
    '\n',
    '\r',
    '\0',
    ']]>',
    '<![CDATA[',
    '<!--',
    '/',
    '=',
    'é',
    '𝄞',
  );
  const pieces = fc.constantFrom(
    '<KeyPackage>',
    '</KeyPackage>',
    '<Key Algorithm="a:totp" Id="GHST12345678">',
    '</Key>',
    '<Data>',
    '</Data>',
    '<Secret>',
    '</Secret>',
    `<PlainValue>${secret}</PlainValue>`,
    '<EncryptionKey>',
    '</EncryptionKey>',
    '<MACMethod/>',
    '<Policy/>',
    '<!DOCTYPE a>',
    '&amp;',
    '&#x0;',
    '<EncryptedValue/>',
    '<DerivedKey/>',
    '</KeyContainer>',
  );
  const anything = fc
    .array(fc.oneof(marks, pieces, fc.string({ maxLength: 8 })), { maxLength: 20 })
    .map((all) => all.join(''));

  it('is read without an exception, and into tokens or faults only', async () => {
    await fc.assert(
      fc.asyncProperty(anything, fc.boolean(), fc.integer({ min: 1, max: 50 }), async (inner, isInside, size) => {
        const text = isInside ? container(inner) : inner;
        for (const one of await read(text, { key, password: 'x' }, size)) {
          expect(Object.keys(one)).toContain('line');
          if ('draft' in one) expect(one.draft.credentialId).toMatch(/^[A-Z0-9]{4,32}$/);
        }
      }),
      { numRuns: 3_000 },
    );
  });

  it('is read without an exception when it is no text at all', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
        await read(bytes);
      }),
      { numRuns: 2_000 },
    );
  });
});
