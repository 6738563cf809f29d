import fc from 'fast-check';
import { cell } from '../../src/tokens/export.ts';
import { unescaped } from '../../src/tokens/reading/csv-layouts.ts';
import { type CsvRecord, CsvRecords, delimiterOf } from '../../src/tokens/reading/csv-records.ts';
import type { Read } from '../../src/tokens/reading/draft.ts';
import { readTokens } from '../../src/tokens/reading/read-tokens.ts';
import { parts, secret } from './tokens-for-tests.ts';

const hex = Buffer.from(secret, 'base64').toString('hex');
const base32 = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';

async function read(text: string | Uint8Array, size?: number): Promise<readonly Read[]> {
  const reads: Read[] = [];
  for await (const one of readTokens(parts(text, size), {})) reads.push(one);
  return reads;
}

const told = async (text: string | Uint8Array) =>
  (await read(text)).map((one) =>
    'draft' in one
      ? `${one.line}: ${one.draft.credentialId}`
      : `${one.line}: ${'faults' in one ? one.faults.join('; ') : one.skipped}`,
  );

const records = (text: string, delimiter = ',') => {
  const reader = new CsvRecords(delimiter);
  return [...reader.read(text), ...reader.end()];
};

describe('our own columns', () => {
  it('stand in any order, and what is left out is what any token has', async () => {
    const [one] = await read(`Seed hex;Credential-ID\n${hex};ghst 1234-5678\n`);
    expect(one).toEqual({
      line: 2,
      draft: {
        credentialId: 'GHST12345678',
        secret,
        kind: 'totp',
        algorithm: 'sha1',
        digits: 6,
        periodS: 30,
        nextCounter: 0,
        driftSteps: 0,
        assignTo: [],
      },
    });
  });

  it('may say everything', async () => {
    const [one] = await read(
      `credential_id,seed_base32,kind,algorithm,digits,period,counter,drift,serial,issuer,organization,assigned_to,expires,state\n` +
        `GHST12345678,${base32},HOTP,SHA-256,8,60,41,,S-1,Acme,org1,mia@example.com noah,2031-12-31,lost\n`,
    );
    expect(one).toMatchObject({
      draft: {
        secret,
        kind: 'hotp',
        algorithm: 'sha256',
        digits: 8,
        nextCounter: 41,
        serial: 'S-1',
        issuer: 'Acme',
        organization: 'org1',
        assignTo: ['mia@example.com', 'noah'],
        blocked: 'lost',
        expiresAt: new Date('2031-12-31'),
      },
    });
  });

  it.each([
    ['B5: a column that does not exist', `credential_id,colour\nA,b\n`, '1: there is no column "colour"'],
    ['a column named twice', `credential_id,credential_id\nA,b\n`, '1: a column is named twice'],
    ['no column for the seed', `credential_id,kind\nA,b\n`, '1: a column of seed_base32'],
    ['no heading', `hello,world\n`, '1: the first line names no columns'],
    ['B5: fewer columns than named', `credential_id,seed_hex\nGHST1\n`, '2: 1 columns where the first line names 2'],
    ['two seeds', `credential_id,seed_hex,seed_base32\nGHST1,${hex},${base32}\n`, '2: exactly one seed is wanted'],
    ['a seed that is none', `credential_id,seed_hex\nGHST1,xyz\n`, '2: seed_hex cannot be read'],
    ['an unknown kind', `credential_id,seed_hex,kind\nGHST1,${hex},ocra\n`, '2: the kind is neither'],
    ['seven digits', `credential_id,seed_hex,digits\nGHST1,${hex},7\n`, '2: codes of 6 or 8 digits'],
    ['another period', `credential_id,seed_hex,period\nGHST1,${hex},45\n`, '2: a period of 30 or 60'],
    ['a counter below nought', `credential_id,seed_hex,kind,counter\nGHST1,${hex},hotp,-1\n`, '2: the counter'],
    ['a day that is none', `credential_id,seed_hex,expires\nGHST1,${hex},2031-02-31\n`, '2: the end of its life'],
    ['B5: a formula', `credential_id,seed_hex,issuer\nGHST1,${hex},=1+1\n`, '2: the issuer begins with ='],
    ['B5: a formula for an id', `credential_id,seed_hex\n=cmd(),${hex}\n`, '2: the Credential ID is not'],
    ['B5: a NUL', `credential_id,seed_hex\nGHST1,\0\n`, '2: a NUL character'],
    ['B5: a cell of 1 MB', `credential_id,seed_hex\nGHST1,${'a'.repeat(1_000_000)}\n`, '2: a cell longer than 4096'],
    ['a hundred columns', `credential_id,seed_hex\n${','.repeat(99)}\n`, '2: more than 64 columns'],
    ['a quote that does not end', `credential_id,seed_hex\n"GHST1,${hex}\n`, '2: a quoted cell of this record'],
    ['a quote in the middle', `credential_id,seed_hex\nGH"ST1,${hex}\n`, '2: a quote inside a cell'],
    ['something after a quote', `credential_id,seed_hex\n"GHST1"x,${hex}\n`, '2: characters after a closing quote'],
  ])('refuse %s', async (_, file, why) => {
    const faults = await told(file);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain(why);
  });

  it('B5: are read after a byte order mark, with CRLF, LF and CR mixed, and empty lines', async () => {
    const file = `\ufeffcredential_id,seed_hex\r\nGHST00000001,${hex}\n\r\n"GHST00000002",${hex}\rGHST00000003,${hex}`;
    expect(await told(file)).toEqual(['2: GHST00000001', '4: GHST00000002', '5: GHST00000003']);
    for (const size of [1, 5, 33]) expect(await read(file, size)).toEqual(await read(file));
  });

  it('B5: name the line of each row that is at fault', async () => {
    const rows = Array.from({ length: 2_000 }, (_, n) => `ROW${n + 1_000},${n % 500 === 7 ? 'zz' : hex}`);
    const faults = (await told(`credential_id,seed_hex\n${rows.join('\n')}`)).filter((one) => one.includes('cannot'));
    expect(faults).toEqual([9, 509, 1009, 1509].map((line) => `${line}: seed_hex cannot be read`));
  });
});

describe('other layouts', () => {
  it('OATH: serial, seed, kind, digits, period', async () => {
    expect(await read(`OATH00001,${hex},totp,8,60\n# remark\nOATH00002,${hex}\n`)).toMatchObject([
      { draft: { credentialId: 'OATH00001', kind: 'totp', digits: 8, periodS: 60, secret } },
      { skipped: 'a remark' },
      { draft: { credentialId: 'OATH00002', kind: 'hotp', digits: 6 } },
    ]);
  });

  it('Yubico: serial, public id, 0 for OATH, secret', async () => {
    expect(
      await read(
        `508326,,0,${hex},,2013-12-12T08:41:07,\n508327,cccccccccccc,83cebdfb7b93,${hex},,2013-12-12T08:43:17,\n`,
      ),
    ).toMatchObject([
      { draft: { credentialId: '508326', kind: 'hotp', digits: 6, issuer: 'Yubico' } },
      { skipped: 'not programmed for OATH-HOTP' },
    ]);
  });

  it('Yubico: the log of the Personalization Tool', async () => {
    const tail = ',,,0,0,0,6,0,0,0,0,0,0';
    const file = `LOGGING START,11.12.13 18:55\nOATH-HOTP,11.12.13 18:55,1,cccccccccccc,,${hex}${tail}\nYubico OTP,11.12.13 16:43,1,cccccccirblh,b321173a2fb8,${hex}${tail}\nOATH-HOTP,11.12.13 19:01,1,,,${hex}${tail}\n`;
    expect(await read(file)).toMatchObject([
      { skipped: 'not programmed for OATH-HOTP' },
      { draft: { credentialId: 'CCCCCCCCCCCC', kind: 'hotp', digits: 6 } },
      { skipped: 'not programmed for OATH-HOTP' },
      { line: 4, faults: ['the Credential ID is not 4 to 32 letters and digits'] },
    ]);
  });

  it('Entra: upn, serial number, secret key, time interval, manufacturer, model', async () => {
    const file = `upn,serial number,secret key,time interval,manufacturer,model\nmia@example.com,1234567,${base32},60,Contoso,K1\n`;
    expect(await read(file)).toMatchObject([
      { draft: { credentialId: '1234567', periodS: 60, issuer: 'Contoso', assignTo: ['mia@example.com'], secret } },
    ]);
  });
});

describe('B1: a CSV file', () => {
  const cells = fc.array(fc.array(fc.string({ unit: 'grapheme', maxLength: 12 }), { minLength: 1, maxLength: 5 }), {
    minLength: 1,
    maxLength: 5,
  });

  it('gives back what was written, escaped and quoted, however it is cut', () => {
    fc.assert(
      fc.property(cells, fc.constantFrom('\n', '\r\n', '\r'), (rows, end) => {
        const clean = rows.map((row) => row.map((one) => one.replaceAll('\0', '')));
        const text = clean.map((row) => row.map(cell).join(',')).join(end);
        const back = records(text).map((one) => (one as CsvRecord).cells.map(unescaped));
        const isEmpty = (row: readonly string[]) => row.length === 1 && row[0]?.trim() === '';
        // An apostrophe that stood before a formula sign already cannot be told from ours.
        fc.pre(clean.flat().every((one) => unescaped(one) === one));
        expect(back).toEqual(clean.filter((row) => !isEmpty(row)));
      }),
      { numRuns: 3_000 },
    );
  });

  it('is read without an exception, whatever stands in it', async () => {
    const piece = fc.oneof(
      fc.constantFrom(
        ',',
        ';',
        '\t',
        '"',
        '\n',
        '\r',
        '\0',
        hex,
        'GHST12345678',
        'credential_id',
        'seed_hex',
        '=1',
        '#',
      ),
      fc.string({ maxLength: 6 }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 20 }), fc.integer({ min: 1, max: 40 }), async (all, size) => {
        const body = all.join('');
        for (const text of [body, `credential_id,seed_hex\n${body}`]) {
          for (const one of await read(text, size)) if ('draft' in one) expect(one.draft.secret).not.toBe('');
        }
      }),
      { numRuns: 3_000 },
    );
  });

  it('B5: an export makes no cell that a spreadsheet computes', () => {
    fc.assert(
      fc.property(fc.constantFrom('=', '+', '-', '@', '\t', '\r', ''), fc.string(), (sign, text) => {
        expect(cell(sign + text).replace(/^"/, '')).not.toMatch(/^[=+\-@\t\r]/);
      }),
      { numRuns: 3_000 },
    );
  });

  it('has columns divided by the sign that stands most often in its first line', () => {
    expect([delimiterOf('a,b;c,d'), delimiterOf('a;b;c,d'), delimiterOf('a\tb'), delimiterOf('a')]).toEqual([
      ',',
      ';',
      '\t',
      ',',
    ]);
  });
});
