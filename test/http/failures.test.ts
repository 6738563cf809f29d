import { fileURLToPath } from 'node:url';
import { aSiteWithPages, form, routes } from './support/pages.ts';
import { aSite, type TestSite } from './support/site.ts';

let site: TestSite;
beforeAll(async () => {
  site = await aSiteWithPages();
});
afterAll(() => site.stop());

describe('what goes wrong', () => {
  it('becomes a page with a reference number that the log has, and no reason', async () => {
    const { status, body } = await site.ask('/realms/one/broken');
    const reference = /[0-9A-Z]{4}-[0-9A-Z]{4}/.exec(body)?.[0] ?? 'none';
    expect(status).toBe(500);
    expect(body).not.toContain('secret reason');
    expect(site.lines.find((line) => line.includes(reference) && line.includes('the secret reason'))).toBeDefined();
  });

  it('becomes JSON for those who ask for it', async () => {
    const { status, body } = await site.ask('/realms/one/nothing-of-ours'.replace('one', 'nowhere'), {
      headers: { Accept: 'application/json' },
    });
    expect(status).toBe(404);
    expect(JSON.parse(body)).toMatchObject({ error: 'not_found', message: 'not found' });
  });

  it('says when to come back', async () => {
    const { status, headers } = await site.ask('/realms/one/limited');
    expect([status, headers['retry-after']]).toEqual([429, '7']);
  });

  it('is answered 500 when a template prints what is not there, or a route redirects nowhere', async () => {
    expect((await site.ask('/realms/one/strict')).status).toBe(500);
    expect((await site.ask('/realms/one/elsewhere')).status).toBe(500);
  });

  it('is 405 with the right methods when only the method is wrong', async () => {
    const { status, headers } = await site.ask('/realms/one/form', { method: 'DELETE' });
    expect([status, headers.allow]).toEqual([405, 'GET, POST']);
  });

  it('is 404 in the language of the reader for realms that are not there', async () => {
    const { status, body } = await site.ask('/realms/nowhere/form', { headers: { 'Accept-Language': 'de' } });
    expect(status).toBe(404);
    expect(body).toContain('nicht gefunden');
  });

  it.each([
    '/realms/one/./form',
    '/realms//one/form',
    '/realms/one/form;x',
    '/realms/one/form%00',
    '/realms/%2e/one/form',
    '/realms/one/%c0%ae/form',
  ])('fault 40: %s never reaches a page', async (path) => {
    const { status, body } = await site.ask(path);
    expect(status).toBe(400);
    expect(body).not.toContain('csrf');
  });

  it('has a page in the product as well', async () => {
    const views = fileURLToPath(new URL('../../views', import.meta.url));
    const real = await aSite({ routes }, {}, views);
    const { status, body } = await real.ask('/realms/one/broken');
    expect(status).toBe(500);
    expect(body).toContain('data-step="error"');
    expect((await real.ask('/realms/one/form', form('code=1'))).body).toContain('data-step="cookies-off"');
    await real.stop();
  });

  it('never shows a mailed token in the log', async () => {
    await site.ask('/realms/one/token/hunter2');
    expect(site.lines.join('')).not.toContain('hunter2');
    expect(site.lines.join('')).toContain('one /token/:token');
  });
});
