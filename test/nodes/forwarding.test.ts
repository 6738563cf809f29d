import { forwardingHeaders } from '../support/forwarding-headers.ts';
import type { Visitor } from '../support/visitor.ts';
import { aTown, type Town } from './town.ts';
import { code, givePassword, signIn, somebody, toChallenge, wrongCode } from './townspeople.ts';

/** Whatever proxies and attackers have put addresses, hosts and verdicts into. */
const headers = [
  ...forwardingHeaders,
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-forwarded-port',
  'x-forwarded-user',
  'x-skip-otp',
] as const;

/** `{at}`: another for each request. */
const values = [
  '203.0.113.{at}',
  '127.0.0.1',
  '127.0.0.1, 203.0.{at}.1',
  '203.0.113.{at}, 127.0.0.1, 127.0.0.1',
  '::ffff:203.0.113.{at}',
  '2001:db8:{at}::1',
  'for=203.0.113.{at};host=evil.example;proto=http',
  'unknown',
  ',,,',
  '0x7f.1',
  '"; DROP',
  'evil.example',
  'true',
];

describe('two nodes behind a proxy that says who is asking', () => {
  let town: Town;
  beforeAll(async () => {
    town = await aTown();
  });
  afterAll(() => town.close());

  const forged = (at: number): Record<string, string> => ({
    [headers[at % headers.length] ?? '']: (values[at % values.length] ?? '').replace('{at}', String(at % 250)),
  });

  /** Posts the form of the page that this browser is at. */
  async function post(visitor: Visitor, fields: Record<string, string>, said: Record<string, string>) {
    const { forms, url } = visitor.page;
    const form = forms.find(({ names }) => Object.keys(fields).every((name) => names.has(name)));
    const body = new URLSearchParams(fields);
    for (const [name, value] of form?.fields ?? []) if (!body.has(name)) body.append(name, value);
    const type = { 'content-type': 'application/x-www-form-urlencoded' };
    const request = { method: 'POST', headers: { ...type, ...said }, body: body.toString(), from: url };
    return visitor.request(form?.action ?? '', request);
  }

  it('faults 11, 12, 13: 1,000 guesses under forged headers meet the one limit of where they come from', async () => {
    const visitor = town.visitor();
    await visitor.visit(town.request().url);
    const answers: string[] = [];
    for (let at = 0; at < 1_000; at += 1) {
      const fields = { identifier: `nobody${at}`, password: 'not the right one' };
      const { status, body, location, headers: answered } = await post(visitor, fields, forged(at));
      answers.push(location?.searchParams.has('fault') === true ? 'judged' : String(status));
      expect(`${body}${JSON.stringify(answered)}`).not.toContain('evil.example');
      if (status === 429) expect(Number(answered['retry-after'])).toBeGreaterThan(0);
    }
    expect(answers.slice(0, 100).filter((answer) => answer !== 'judged')).toEqual([]);
    expect(answers.slice(100).filter((answer) => answer !== '429')).toEqual([]);
    // Whoever comes from elsewhere signs in, forged headers or not.
    await signIn(town, town.visitor(), await somebody(town));
  });

  it('faults 11, 12, 14: none of them moves a person’s wrong codes to another count, nor skips the second factor', async () => {
    const person = await somebody(town);
    const wrong = wrongCode();
    const browsers = await Promise.all([0, 1, 2].map(() => toChallenge(town, town.visitor(), person)));
    const answers: string[] = [];
    for (let at = 0; at < 15; at += 1) {
      const browser = browsers[Math.floor(at / 5)]!;
      const { location, body } = await post(browser, { code: wrong }, forged(at));
      const page = location === undefined ? body : (await browser.tab().visit(location)).html;
      answers.push(/data-step="([\w-]+)"/.exec(page)?.[1] ?? 'none');
    }
    expect(answers.slice(0, 4)).toEqual(Array.from({ length: 4 }, () => 'challenge'));
    // The tenth is followed by the hold, whoever asks.
    expect(answers.slice(10)).toEqual(Array.from({ length: 5 }, () => 'held'));

    const other = await somebody(town);
    for (let at = 0; at < headers.length; at += 1) {
      const visitor = town.visitor();
      await visitor.visit(town.request().url);
      const { location } = await post(
        visitor,
        { identifier: other.username, password: 'nineteen quiet harbours' },
        forged(at),
      );
      await visitor.visit(location ?? '');
      expect({ said: forged(at), step: visitor.page.step }).toEqual({ said: forged(at), step: 'challenge' });
    }
    const last = town.visitor();
    await last.visit(town.request().url);
    await givePassword(last, other);
    await last.fill({ code: code() }).submit();
    expect(last.page.location?.searchParams.has('code')).toBe(true);
  });
});
