import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'node-html-parser';
import { createViews } from '../../src/http/index.ts';
import type { MessageModel, MessageParams } from '../../src/messaging/template-model.ts';
import { allLanguages } from '../../src/realm/index.ts';
import { samplePages } from './sample-pages.ts';
import { layoutOf } from './sample-parts.ts';

const directory = join(import.meta.dirname, '../../views');
const views = createViews({ directory, clock: { now: () => new Date('2026-11-23T14:00:00Z') } });
const pages = Object.entries(samplePages);
const htmlOf = (name: string, language: (typeof allLanguages)[number] = 'en') => {
  const page = samplePages[name]!;
  return views.page(page.view, layoutOf(views, page, language), { language });
};

describe('the pages', () => {
  it.each(readdirSync(join(directory, 'sign-in')).map((file) => file.replace('.hbs', '')))('%s has a title', (step) => {
    const own = new Set(['sign-out', 'signed-out']);
    expect(views.catalogues.has(own.has(step) ? `${step.replace('-', '_')}.title` : `sign-in.${step}.title`)).toBe(
      true,
    );
  });

  it.each(pages.map(([name]) => name))('%s can be shown in every language', (name) => {
    for (const language of allLanguages) {
      const page = parse(htmlOf(name, language));
      expect(page.querySelector('html')?.getAttribute('lang')).toBe(language);
      expect(page.querySelectorAll('h1').length).toBe(1);
      expect(page.querySelector('main')?.getAttribute('data-step')).toBe(samplePages[name]?.step);
      expect(page.querySelector('title')?.text).toContain(page.querySelector('h1')?.text);
    }
  });

  it.each(pages.map(([name]) => name))(
    '%s has no inline style, script or handler, and no address elsewhere',
    (name) => {
      const page = parse(htmlOf(name));
      expect(page.querySelectorAll('style, [style], script:not([src])').map(String)).toEqual([]);
      const attributes = page.querySelectorAll('*').flatMap((element) => Object.entries(element.attributes));
      expect(attributes.filter(([attribute]) => attribute.startsWith('on'))).toEqual([]);
      const loaded = page
        .querySelectorAll('[src], link')
        .map((one) => one.getAttribute('src') ?? one.getAttribute('href') ?? '');
      expect(loaded.filter((address) => !address.startsWith('/') || address.startsWith('//'))).toEqual([]);
    },
  );

  it.each(pages.map(([name]) => name))('%s carries the CSRF token in every form that posts to us', (name) => {
    const posting = parse(htmlOf(name)).querySelectorAll('form[method=post]');
    const bare = posting.filter((form) => form.querySelector('[name=csrf], [name=xsrf]') === null);
    expect(bare.map(String)).toEqual([]);
  });

  it('show a fault beside its field, announced, with the focus in it and what was typed kept', () => {
    const page = parse(htmlOf('password-wrong'));
    const field = page.querySelector('[name=password]');
    const fault = page.querySelector(`#${field?.getAttribute('aria-describedby')?.trim()}`);
    expect(fault?.getAttribute('role')).toBe('alert');
    expect(field?.getAttribute('aria-invalid')).toBe('true');
    expect(page.querySelectorAll('[autofocus]').map((one) => one.getAttribute('name'))).toEqual(['password']);
    expect(page.querySelector('[name=identifier]')?.getAttribute('value')).toBe('mia@web1.example');
  });

  it('put the focus on the summary when the whole form is at fault', () => {
    const focused = parse(htmlOf('password-wait')).querySelectorAll('[autofocus]');
    expect(focused.map((one) => one.getAttribute('role'))).toEqual(['alert']);
  });

  it('never write a password into a page', () => {
    const page = samplePages['password-wrong']!;
    const layout = layoutOf(views, { ...page, values: { identifier: 'mia', password: 'open sesame' } }, 'en');
    expect(views.page(page.view, layout, { language: 'en' })).not.toContain('open sesame');
  });

  it('take a code of any length in one field, so that a pasted one is never cut', () => {
    for (const name of ['challenge', 'enrol']) {
      const fields = parse(htmlOf(name)).querySelectorAll('[name=code]');
      expect(fields.length).toBe(1);
      expect(fields[0]?.attributes).toMatchObject({ inputmode: 'numeric', autocomplete: 'one-time-code' });
      expect(fields[0]?.hasAttribute('maxlength')).toBe(false);
    }
  });

  it.each([
    [6, 'challenge'],
    [8, 'challenge-wrong'],
  ])('draw %i boxes where the method has so many digits', (boxes, name) => {
    expect(parse(htmlOf(name)).querySelectorAll('.boxes i').length).toBe(boxes);
  });

  it('give the secret of an app where programs look for it', () => {
    expect(parse(htmlOf('enrol')).querySelector('[data-secret]')?.getAttribute('data-secret')).toBe(
      'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP',
    );
  });

  it('escape whatever people and portals are called', () => {
    const page = samplePages['consent']!;
    const portal = { name: '<b onclick=x>&"', homeUrl: undefined };
    const html = views.page(page.view, layoutOf(views, { ...page, portal }, 'en'), { language: 'en' });
    expect(html).toContain('&lt;b onclick');
    expect(html).not.toContain('<b onclick');
  });
});

const where = { name: 'Mia <b>', at: '2026-11-23T14:00:00Z', address: '192.0.2.1', browser: 'Firefox on Windows' };
const budgeted = { level: 'Mia <b>', month: '2026-11', spent: '40.12 EUR', budget: '50.00 EUR' };
const samples: MessageParams = {
  invitation: { name: 'Mia <b>', link: 'https://id.example/invitation/abc', until: '2026-11-30T14:00:00Z' },
  'account-held': { ...where, until: '2026-11-23T14:15:00Z' },
  'email-code': { ...where, code: '482913' },
  'method-added': { ...where, kind: 'totp', method: 'Mia’s phone' },
  'method-removed': { ...where, kind: 'totp' },
  'addresses-changed': { name: 'Mia <b>', at: '2026-11-23T14:00:00Z' },
  'recovery-used': { ...where, left: 7 },
  'new-browser': where,
  'phone-reported': where,
  'password-changed': { name: 'Mia <b>', at: '2026-11-23T14:00:00Z' },
  'code-budget-warned': budgeted,
  'code-budget-reached': budgeted,
  'rollout-ahead': { name: 'Mia <b>', at: '2026-11-30T00:00:00Z' },
  'rollout-begun': { name: 'Mia <b>', at: '2026-11-20T00:00:00Z' },
  'rollout-stopped': {
    ...{ name: 'Mia <b>', at: '2026-11-23T14:00:00Z', rollout: 'Autumn <b>' },
    ...{ wave: 2, waves: 4, people: 50, stuck: 3, failed: 1 },
  },
  'mail-test': { at: '2026-11-23T14:00:00Z' },
};

describe('the messages', () => {
  it('have a sample each', () => {
    expect(Object.keys(samples).sort()).toEqual(readdirSync(join(directory, 'messages')).sort());
  });

  describe.each(
    Object.entries<Record<string, string | number>>(
      samples as unknown as Record<string, Record<string, string | number>>,
    ),
  )('%s', (template, params) => {
    it.each(allLanguages)('says the same in both parts, in %s', (language) => {
      const subject = views.catalogues.text(language, `message.${template}.subject`, { ...params, realm: 'Web1' });
      const model: MessageModel = {
        lang: language,
        dir: 'ltr',
        subject,
        realm: {
          name: 'Web1 & Co',
          accent: '#0f6e5c',
          accentInk: '#ffffff',
          mark: 'W1',
          support: { email: 'help@web1.example', phone: undefined, url: undefined },
        },
        params,
      };
      const html = views.html(`messages/${template}/mail`, model, { language });
      const text = views.text(`messages/${template}/mail.txt`, model, { language });
      const shown = parse(html);
      expect(shown.querySelectorAll('img, script, link')).toEqual([]);
      expect(text).not.toMatch(/<\/|&amp;|\n{4}/);
      for (const [param, given] of Object.entries(params)) {
        const value = String(given);
        if (param === 'kind' || /^\d{4}-/.test(value)) continue;
        expect(text).toContain(value);
        expect(shown.text).toContain(value);
      }
      expect(text).toContain('2026');
      expect(text).toContain('Web1 & Co');
      expect(html).not.toContain('Mia <b>');
    });
  });

  it('bring their pictures along in words: nothing is loaded from anywhere', () => {
    for (const file of readdirSync(join(directory, 'partials/letter'))) {
      expect(readFileSync(join(directory, 'partials/letter', file), 'utf8')).not.toMatch(/https?:|url\(/);
    }
  });
});
