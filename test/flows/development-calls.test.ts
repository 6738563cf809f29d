import { type RunningApp, runApp } from '../support/app.ts';
import type { Visitor } from '../support/visitor.ts';
import { somebody, told } from './people.ts';
import { aNumber, otherThan, toEnrolment } from './phones.ts';

/** Of the first call on the page, which is the newest. */
const keysOf = '/keys';

describe('calls that development shows', () => {
  let app: RunningApp;
  beforeAll(async () => {
    app = await runApp();
    await app.app.realms.set('web1', 'policy.methods', ['phone', 'totp'], { kind: 'system' });
  });
  afterAll(() => app.close());
  beforeEach(() => app.clock.advance(3_600_000));

  /** A page that waits for its number to be keyed in, and the keypad of that call in another tab of the browser. */
  async function calling() {
    const person = await somebody(app, 'web1', { hasApp: false });
    const visitor = await toEnrolment(app, person);
    await visitor.fill({ phone: aNumber(), channel: 'key' }).submit();
    const shown = visitor.page.attribute('[data-number]', 'data-number') ?? '';
    expect(shown).toMatch(/^[1-9]\d{5}$/);
    const outbox = visitor.tab();
    await outbox.visit(`${app.origin}/dev/outbox`);
    return { person, visitor, outbox, shown };
  }
  const press = (outbox: Visitor, keys: string) => outbox.fill({ keys }).submit(keysOf);

  it('N5: are approved by keying the number of the page in at the keypad of the outbox', async () => {
    const { visitor, outbox, shown } = await calling();
    await press(outbox, shown);
    expect(outbox.page.url.pathname).toBe('/dev/outbox');
    expect(outbox.page.text).toMatch(/Thank you\. Go on in your browser/);
    await visitor.reload();
    expect(visitor.page.url.origin).toBe(app.demoOrigin);
    // It is over: no keypad any more.
    expect(outbox.page.forms.filter(({ action }) => action.pathname.endsWith(keysOf))).toEqual([]);
  });

  it('N2: count what is keyed in wrongly as guesses, and end after three', async () => {
    const { person, visitor, outbox, shown } = await calling();
    for (let tries = 0; tries < 3; tries += 1) await press(outbox, otherThan(shown));
    expect(outbox.page.text).toMatch(/not the number on the page.*Goodbye/);
    await visitor.reload();
    expect(visitor.page.step).toBe('enrol-phone');
    expect(await told(app, 'web1', { type: 'second_factor.refused', subject: person.user.id })).toHaveLength(3);
  });

  it('report fraud by a 0, as a telephone does', async () => {
    const { person, visitor, outbox, shown } = await calling();
    await outbox.submit(/that is not me/i);
    expect(outbox.page.text).toMatch(/will not call again/i);
    await visitor.reload();
    expect(visitor.page.text).toMatch(/reported from this phone/i);
    expect(await told(app, 'web1', { type: 'phone.fraud_reported', subject: person.user.id })).toHaveLength(1);
    expect(visitor.page.html).not.toContain(shown);
  });

  it('go on once for a form that is posted twice', async () => {
    const { visitor, outbox, shown } = await calling();
    await outbox.submitTogether(
      Array.from({ length: 10 }, () => ({ keys: shown })),
      keysOf,
    );
    await outbox.visit(`${app.origin}/dev/outbox`);
    expect(outbox.page.textOf('.letter-text')?.match(/Thank you/g)).toHaveLength(1);
    await visitor.reload();
    expect(visitor.page.url.origin).toBe(app.demoOrigin);
  });

  it('say in the outbox that they are over once the number is too old', async () => {
    const { visitor, outbox, shown } = await calling();
    app.clock.advance(10 * 60_000);
    await press(outbox, shown);
    expect(outbox.page.text).toMatch(/This sign-in is over\. Ask for a new call/);
    await visitor.reload();
    expect(visitor.page.step).toBe('enrol-phone');
  });

  it.each([
    ['seven keys', { keys: '1234567' }],
    ['letters', { keys: 'abc' }],
    ['nothing', { keys: '' }],
  ])('take no %s', async (_, fields) => {
    const { outbox } = await calling();
    const page = await outbox.fill(fields).submitOnce(keysOf);
    expect(page.status).toBe(400);
  });

  it('take no keys from a page elsewhere, nor for a call that nobody made', async () => {
    const { outbox, shown, visitor } = await calling();
    const form = outbox.page.forms.find(({ action }) => action.pathname.endsWith(keysOf));
    const csrf = form?.fields.find(([name]) => name === 'csrf')?.[1] ?? '';
    const post = async (path: string, fields: Readonly<Record<string, string>>) =>
      (
        await outbox.request(new URL(path, app.origin), {
          method: 'POST',
          headers: { 'content-type': 'application/x-www-form-urlencoded' },
          body: new URLSearchParams(fields).toString(),
          from: outbox.page.url,
        })
      ).status;
    expect(await post(form?.action.pathname ?? '', { keys: shown })).toBe(403);
    expect(await post('/dev/outbox/nobody/keys', { keys: shown, csrf })).toBe(404);
    await visitor.reload();
    expect(visitor.page.step).toBe('enrol-phone');
  });
});
