import { costsCsv } from '../../../src/messaging/allowance/csv.ts';

describe('B5: the name of an organization', () => {
  const line = {
    ...{ month: '2026-03', realm: 'web1', path: ['acme'], organization: 'acme', dialCode: '49' },
    ...{ channel: 'sms' as const, messages: 1, used: 1, failed: 0, micros: 1_000_000, currency: 'EUR' },
  };

  it.each([
    ['=1+1', "'=1+1"],
    ['Acme;=1+1', '"Acme;=1+1"'],
    ['Acme\t=1+1', '"Acme\t=1+1"'],
    ['Acme,=1+1', '"Acme,=1+1"'],
    ['Acme', 'Acme'],
  ])('%j is no formula, whatever takes lines apart: %s', (organizationName, cell) => {
    const [, first] = costsCsv([{ ...line, organizationName }]);
    expect(first).toBe(`2026-03,web1,acme,acme,${cell},49,sms,1,1,0,1.000000,EUR`);
  });
});
