import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Handlebars from 'handlebars';
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

/** Turns models into HTML (or text). Templates are compiled when first used and kept. */
export interface Views {
  readonly catalogues: Catalogues;
  readonly assets: Assets;
  /** A whole page: `view` inside the layout. */
  page(view: string, model: LayoutModel, options: RenderOptions): string;
  /** A template alone, HTML-escaped: parts of messages. */
  html(view: string, model: object, options: RenderOptions): string;
  /** A template alone, as plain text. */
  text(view: string, model: object, options: RenderOptions): string;
}

/** `directory`: the folder `views/`. */
export function createViews({ directory, clock }: { readonly directory: string; readonly clock: Clock }): Views {
  const catalogues = loadCatalogues(directory);
  const assets = loadAssets(join(directory, 'assets'));
  const compileAll = (isText: boolean) => {
    const handlebars = Handlebars.create();
    registerFunctions(handlebars, catalogues, assets);
    registerPartials(handlebars, join(directory, 'partials'));
    const templates = new Map<string, Handlebars.TemplateDelegate>();
    return (view: string, model: object, options: RenderOptions): string => {
      let template = templates.get(view);
      if (template === undefined) {
        template = handlebars.compile(readTemplate(directory, view), { strict: true, noEscape: isText });
        templates.set(view, template);
      }
      const data: RenderingData = {
        reader: { language: options.language, timeZone: zone(options.timeZone), now: clock.now() },
        isText,
      };
      return template(model, { data });
    };
  };
  const html = compileAll(false);

  return {
    catalogues,
    assets,
    html,
    text: compileAll(true),
    page: (view, model, options) => html('layout', { ...model, body: html(view, model, options) }, options),
  };
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
