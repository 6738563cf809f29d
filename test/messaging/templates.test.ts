import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createViews } from '../../src/http/index.ts';
import type { MessageParams, QueuedMessage } from '../../src/messaging/index.ts';
import { createRender, languageOf } from '../../src/messaging/render.ts';
import { allLanguages } from '../../src/realm/index.ts';
import { aClock } from '../support/clock.ts';
import { web1 } from './a-messaging.ts';

const directory = join(import.meta.dirname, '../../views');
const views = createViews({ directory, clock: aClock() });
const at = '2026-03-02T09:30:00.000Z';
const name = '<Mia> & Co';
const where = { name, at, address: '192.0.2.7', browser: 'Firefox on Windows' };

const budgeted = { level: name, month: '2026-11', spent: '40.12 EUR', budget: '50.00 EUR' };

const params: MessageParams = {
  invitation: { name, link: 'https://id.example.test/invitation?token=a&b=c', until: at },
  'account-held': { ...where, until: at },
  'email-code': { ...where, code: '482913' },
  'method-added': { ...where, kind: 'totp', method: 'Mia’s phone' },
  'method-removed': { ...where, kind: 'totp' },
  'addresses-changed': { name, at },
  'recovery-used': { ...where, left: 7 },
  'new-browser': where,
  'phone-reported': where,
  'password-changed': { name, at },
  'code-budget-warned': budgeted,
  'code-budget-reached': budgeted,
  'rollout-ahead': { name, at },
  'rollout-begun': { name, at },
  'rollout-stopped': { name, at, rollout: name, wave: 2, waves: 4, people: 50, stuck: 3, failed: 1 },
  'mail-test': { at },
};

const queued = (template: string, locale: string): QueuedMessage => ({
  id: 'm1',
  realm: 'web1',
  channel: 'mail',
  to: 'mia@example.test',
  template,
  locale,
  timeZone: 'Europe/Berlin',
  params: JSON.stringify(params[template as keyof MessageParams]),
  state: 'waiting',
  dueAt: new Date(at),
  tries: 1,
  doubts: 0,
  attempts: [],
  kept: 'message',
  createdAt: new Date(at),
  expiresAt: new Date(at),
  keepUntil: new Date(at),
});

const render = createRender(views, async () => ({ ...web1, languages: allLanguages }));
const spoken = allLanguages.filter((language) => views.catalogues.languages.has(language));

describe('message templates', () => {
  it.each([
    ['en', 'The link works once, until March 2, 2026 at 10:30 AM GMT+1.'],
    ['de', 'Der Link gilt einmal, bis zum 2. März 2026 um 10:30 MEZ.'],
    ['ja', 'リンクは一度だけ、2026年3月2日 10:30 GMT+1 まで使えます。'],
  ])('an invitation says in a sentence until when its link works: %s', async (language, sentence) => {
    const { text, html } = await render(queued('invitation', language));
    expect(text).toContain(sentence);
    expect(html.replace(/<\/?b>/g, '')).toContain(sentence);
  });

  it('are there for every message that is sent, and no others', () => {
    expect(readdirSync(join(directory, 'messages')).sort()).toEqual(Object.keys(params).sort());
  });

  it.each(Object.keys(params).flatMap((template) => spoken.map((language) => [template, language] as const)))(
    '%s in %s has subject, text and HTML, escaped only in HTML, and nothing unfilled',
    async (template, language) => {
      const { subject, text, html, lang } = await render(queued(template, language));
      expect(lang).toBe(language);
      expect(subject).toMatch(/\S/);
      expect(html).toContain(`<html lang="${language}"`);
      for (const part of [subject, text, html]) expect(part).not.toMatch(/undefined|\[object|\{\{|\{\w+\}/);
      expect(text).not.toMatch(/<\/?(?:p|a|b|br|span|time)\b|&(?:amp|lt|gt|quot|#\w+);|\n{3}/);
      if (template === 'mail-test') return;
      expect(text).toContain(name);
      expect(html).toContain('&lt;Mia&gt; &amp; Co');
    },
  );

  it('carry a link whole in both parts', async () => {
    const { text, html } = await render(queued('invitation', 'en'));
    expect(text).toContain(params.invitation.link);
    expect(html.replaceAll('&amp;', '&').replaceAll('&#x3D;', '=')).toContain(`href="${params.invitation.link}"`);
  });

  it('say times on the clock of the person, and whose clock that is', async () => {
    const { text, html } = await render(queued('password-changed', 'en'));
    for (const part of [text, html]) expect(part.replaceAll('\u202f', ' ')).toContain('10:30 AM GMT+1');
  });

  it.each([
    ['en', '“Authenticator app”'],
    ['de', '„Authenticator-App“'],
    ['ja', '「認証アプリ」'],
  ])('name a method that its owner gave no name in the language of the mail: %s', async (language, name) => {
    const unnamed = { ...queued('method-added', language), params: JSON.stringify({ ...where, kind: 'totp' }) };
    const { text, html } = await render(unnamed);
    expect(text).toContain(name);
    expect(html).toContain(name);
  });
});

describe('the language of a message', () => {
  it.each([
    ['de', ['en', 'de'], 'de'],
    ['de-AT', ['en', 'de'], 'de'],
    ['fr', ['en', 'de'], 'en'],
    ['', ['de', 'en'], 'de'],
    ['en', [], 'en'],
    ['ja', ['xx'], 'en'],
  ])('for somebody who reads %j in a realm of %j is %s', (wanted, realm, language) => {
    expect(languageOf(wanted, realm, new Set(['en', 'de', 'fr', 'ja']))).toBe(language);
  });
});
