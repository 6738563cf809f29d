import type { Realm } from '../realm/index.ts';
import type { QueuedMessage } from './queue.ts';
import type { Letter } from './sender.ts';
import type { MessageModel } from './template-model.ts';

interface Reader {
  readonly language: string;
  readonly timeZone?: string | undefined;
}

/** What is needed of `http/`'s views. */
export interface MessageViews {
  readonly catalogues: {
    readonly languages: ReadonlySet<string>;
    text(language: string, key: string, params?: Readonly<Record<string, unknown>>): string;
  };
  html(view: string, model: object, reader: Reader): string;
  text(view: string, model: object, reader: Reader): string;
}

/** Throws when the realm is gone, or the template or one of its values is missing. */
export type RenderMessage = (message: QueuedMessage) => Promise<Letter>;

const rightToLeft = new Set(['ar', 'fa', 'he', 'ur']);

export function createRender(views: MessageViews, realmOf: (id: string) => Promise<Realm | undefined>): RenderMessage {
  return async (message) => {
    const realm = await realmOf(message.realm);
    if (realm === undefined) throw new Error(`no realm "${message.realm}"`);
    const lang = languageOf(message.locale, realm.languages, views.catalogues.languages);
    const params = JSON.parse(message.params) as MessageModel['params'];
    const subject = views.catalogues.text(lang, `message.${message.template}.subject`, {
      ...params,
      realm: realm.name,
    });
    const model: MessageModel = {
      lang,
      dir: rightToLeft.has(lang) ? 'rtl' : 'ltr',
      subject,
      realm: {
        name: realm.name,
        ...realm.branding,
        support: { email: realm.support?.email, phone: realm.support?.phone, url: realm.support?.url },
      },
      params,
    };
    const folder = `messages/${message.template}`;
    const reader = { language: lang, timeZone: message.timeZone };
    return {
      id: message.id,
      realm: realm.id,
      realmName: realm.name,
      channel: message.channel,
      to: message.to,
      lang,
      subject,
      text: tidy(views.text(`${folder}/mail.txt`, model, reader)),
      html: views.html(`${folder}/mail`, model, reader),
      at: message.createdAt,
    };
  };
}

/** The person's language where the realm speaks it (`de-AT` is content with `de`), else the realm's first. */
export function languageOf(wanted: string, spoken: readonly string[], available: ReadonlySet<string>): string {
  const offered = spoken.filter((language) => available.has(language));
  const primary = wanted.toLowerCase().split('-')[0];
  return offered.find((language) => language === primary) ?? offered[0] ?? 'en';
}

/** Empty lines that an absent value left behind. */
function tidy(text: string): string {
  return `${text.replace(/\n{3,}/g, '\n\n').trim()}\n`;
}
