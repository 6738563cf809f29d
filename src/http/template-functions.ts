import type Handlebars from 'handlebars';
import type { Assets } from './assets.ts';
import type { Catalogues } from './catalogues.ts';
import { type MomentStyle, momentHtml, momentInMessage, type Reader } from './moments.ts';

/** What a rendering carries beside its model, under `@reader`, `@isMessage` and `@isText`. */
export interface RenderingData {
  readonly reader: Reader;
  /** A part of a message. */
  readonly isMessage: boolean;
  /** A text part: nothing is HTML. */
  readonly isText: boolean;
}

type Options = Handlebars.HelperOptions;
const readerOf = (options: Options) => options.data.reader as Reader;
const rootOf = (options: Options) =>
  options.data.root as { faults?: Record<string, string>; values?: Record<string, string> };
const isTextOf = (options: Options) => options.data.isText as boolean;

/** The functions that templates call; `view-model.ts` says what each does. */
export function registerFunctions(handlebars: typeof Handlebars, catalogues: Catalogues, assets: Assets): void {
  const html = (text: string) => new handlebars.SafeString(text);

  handlebars.registerHelper({
    t: (key: string, options: Options) => catalogues.text(readerOf(options).language, key, options.hash),
    rich: (key: string, options: Options) =>
      isTextOf(options)
        ? catalogues.bare(readerOf(options).language, key, options.hash)
        : html(catalogues.html(readerOf(options).language, key, options.hash)),
    when: (moment: Date | string, ...given: readonly unknown[]) => {
      const options = given.at(-1) as Options;
      const style = given.length === 2 ? (given[0] as MomentStyle) : 'dateTime';
      return options.data.isMessage === true
        ? momentInMessage(moment, style, readerOf(options))
        : html(momentHtml(moment, style, readerOf(options)));
    },
    fault: (field: string, options: Options) => rootOf(options).faults?.[field] ?? '',
    value: (field: string, options: Options) => rootOf(options).values?.[field] ?? '',
    asset: (name: string) => assets.href(name),
    concat: (...given: readonly unknown[]) => given.slice(0, -1).join(''),
    eq: (a: unknown, b: unknown) => a === b,
    or: (...given: readonly unknown[]) => given.slice(0, -1).some((value) => !handlebars.Utils.isEmpty(value)),
    not: (value: unknown) => handlebars.Utils.isEmpty(value),
  });
}
