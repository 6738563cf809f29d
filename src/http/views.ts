import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type Handlebars from 'handlebars';
import type { Clock } from '../kernel/index.ts';
import { type Assets, loadAssets } from './assets.ts';
import { type Catalogues, loadCatalogues } from './catalogues.ts';
import { type RenderingData, registerFunctions } from './template-functions.ts';
import type { LayoutModel } from './view-model.ts';

export interface RenderOptions {
  readonly language: string;
  /** IANA zone; UTC when left out or unknown. */
  readonly timeZone?: string | undefined;
}

/** Turns models into HTML (or text). Templates, and what compiles them, are loaded when first used and kept. */
export interface Views {
  readonly catalogues: Catalogues;
  readonly assets: Assets;
  /** A whole page: `view` inside the layout. */
  page(view: string, model: LayoutModel, options: RenderOptions): string;
  /** A template alone, HTML-escaped: a part of a message. */
  html(view: string, model: object, options: RenderOptions): string;
  /** The same as plain text. */
  text(view: string, model: object, options: RenderOptions): string;
}

export interface ViewsDependencies {
  /** The folder `views/`. */
  readonly directory: string;
  readonly clock: Clock;
  /** Languages beside those of the folder, language → key → ICU message: a made-up one in which pages are tested. */
  readonly moreLanguages?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

export function createViews({ directory, clock, moreLanguages = {} }: ViewsDependencies): Views {
  const catalogues = loadCatalogues(directory, moreLanguages);
  const assets = loadAssets(join(directory, 'assets'));
  const compileAll = ({ isMessage, isText }: Pick<RenderingData, 'isMessage' | 'isText'>) => {
    let handlebars: typeof Handlebars | undefined;
    const templates = new Map<string, Handlebars.TemplateDelegate>();
    return (view: string, model: object, options: RenderOptions): string => {
      let template = templates.get(view);
      if (template === undefined) {
        handlebars ??= environment(directory, catalogues, assets);
        template = handlebars.compile(readTemplate(directory, view), { strict: true, noEscape: isText });
        templates.set(view, template);
      }
      const data: RenderingData = {
        reader: { language: options.language, timeZone: zone(options.timeZone), now: clock.now() },
        isMessage,
        isText,
      };
      return template(model, { data });
    };
  };
  const page = compileAll({ isMessage: false, isText: false });

  return {
    catalogues,
    assets,
    html: compileAll({ isMessage: true, isText: false }),
    text: compileAll({ isMessage: true, isText: true }),
    page: (view, model, options) => page('layout', { ...model, body: page(view, model, options) }, options),
  };
}

/** Templates know each other as partials; functions are registered once. A start asks for no page: 44 files for later. */
function environment(directory: string, catalogues: Catalogues, assets: Assets): typeof Handlebars {
  const handlebars = (createRequire(import.meta.url)('handlebars') as typeof Handlebars).create();
  registerFunctions(handlebars, catalogues, assets);
  registerPartials(handlebars, join(directory, 'partials'));
  registerFactorParts(handlebars, join(directory, 'factors'));
  return handlebars;
}

function readTemplate(directory: string, view: string): string {
  if (!/^[a-z0-9-]+(\/[a-z0-9-]+){0,3}(\.txt)?$/.test(view)) throw new Error(`"${view}" is not the name of a view`);
  return readFileSync(join(directory, `${view}.hbs`), 'utf8');
}

/** `partials/icons/key.hbs` is the partial `icons/key`. */
function registerPartials(handlebars: typeof Handlebars, directory: string): void {
  if (!existsSync(directory)) return;
  for (const file of readdirSync(directory, { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.hbs')) continue;
    const name = file.slice(0, -'.hbs'.length).replaceAll('\\', '/');
    handlebars.registerPartial(name, readFileSync(join(directory, file), 'utf8').trimEnd());
  }
}

/** `factors/totp/icon.hbs` is the partial `factors/totp/icon`; as are the parts that factors have on pages of others. */
function registerFactorParts(handlebars: typeof Handlebars, directory: string): void {
  if (!existsSync(directory)) return;
  for (const kind of readdirSync(directory)) {
    for (const file of readdirSync(join(directory, kind))) {
      if (!file.endsWith('.hbs')) continue;
      const name = `factors/${kind}/${file.slice(0, -'.hbs'.length)}`;
      handlebars.registerPartial(name, readFileSync(join(directory, kind, file), 'utf8').trimEnd());
    }
  }
}

const zones = new Map<string, string>();

function zone(wanted: string | undefined): string {
  if (wanted === undefined) return 'UTC';
  let known = zones.get(wanted);
  if (known === undefined) {
    try {
      known = new Intl.DateTimeFormat('en', { timeZone: wanted }).resolvedOptions().timeZone;
    } catch {
      known = 'UTC';
    }
    if (zones.size < 1000) zones.set(wanted, known);
  }
  return known;
}
