import { createViews } from '../../src/http/index.ts';
import { fixtureViews } from './support/site.ts';

const now = new Date('2030-01-02T03:04:05Z');
const views = createViews({ directory: fixtureViews, clock: { now: () => now } });
const realm = { id: '', name: '', mark: '', accent: '', accentInk: '', themeHref: '', base: '' };
const layout = {
  ...{ lang: 'en', dir: 'ltr' as const, title: '', heading: '', step: 'test', realm, portal: undefined, csrf: '' },
  madeFor: undefined,
  ...{ person: undefined, languages: [], links: { privacy: undefined, help: undefined }, reference: '', body: '' },
  ...{ support: { email: undefined, phone: undefined, url: undefined }, values: {}, faults: {}, faultyFields: [] },
};
const model = { model: { name: '<Mia>', count: 2, at: new Date('2030-01-01T03:04:05Z') } };

describe('templates', () => {
  it('translate, count, tell times in the zone of the reader, and escape', () => {
    const page = views.page('test/functions', { ...layout, ...model }, { language: 'en', timeZone: 'Asia/Tokyo' });
    expect(page).toContain('Dummy To <b>&lt;Mia&gt;</b> 2 tries <time datetime="2030-01-01T03:04:05.000Z"');
    expect(page).toContain('12:04');
    expect(page).toContain('>yesterday</time> a1 true');
  });

  it('are not escaped in text parts', () => {
    const text = views.text('test/functions', { model: { ...model.model, name: 'Mia & Ole' } }, { language: 'en' });
    expect(text).toContain('To Mia & Ole 2 tries January 1, 2030');
  });

  it.each([
    [undefined, '3:04 AM UTC'],
    ['Asia/Tokyo', '12:04 PM GMT+9'],
    ['Mars/Phobos', '3:04 AM UTC'],
  ])('say in both parts of a message which zone a time is in: %s', (timeZone, time) => {
    const said = `January 1, 2030 at ${time}`;
    for (const part of [views.html, views.text]) {
      expect(part('test/functions', model, { language: 'en', timeZone }).replaceAll('\u202f', ' ')).toContain(said);
    }
  });

  it('fall back to English for a text that a language lacks, and to UTC for a zone that does not exist', () => {
    expect(views.html('test/functions', model, { language: 'de', timeZone: 'Mars/Phobos' })).toContain('Dummy');
  });

  it('throw on a text, a param, a view or an asset that is not there', () => {
    expect(() => views.catalogues.text('en', 'test.nothing')).toThrow('no text "test.nothing"');
    expect(() => views.catalogues.text('en', 'test.wrong')).toThrow('what');
    expect(() => views.html('test/nothing', {}, { language: 'en' })).toThrow('ENOENT');
    expect(() => views.html('../layout', {}, { language: 'en' })).toThrow('not the name of a view');
    expect(() => views.assets.href('b.css')).toThrow('no asset');
  });
});
