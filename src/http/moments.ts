import { escapeHtml } from './escape-html.ts';

const styles = {
  date: { dateStyle: 'long' },
  time: { timeStyle: 'short' },
  dateTime: { dateStyle: 'medium', timeStyle: 'short' },
} as const satisfies Record<string, Intl.DateTimeFormatOptions>;

export type MomentStyle = keyof typeof styles | 'relative';

const formats = new Map<string, Intl.DateTimeFormat>();

/** HTML `<time>` of `moment` in the reader's language and zone, with the exact time as its title. */
export function momentHtml(moment: Date | string, style: MomentStyle, reader: Reader): string {
  const at = typeof moment === 'string' ? new Date(moment) : moment;
  if (Number.isNaN(at.getTime())) throw new Error('not a moment in time');
  const text = style === 'relative' ? relative(at, reader) : format(at, reader, styles[style]);
  const exact = format(at, reader, { dateStyle: 'full', timeStyle: 'long' });
  return `<time datetime="${at.toISOString()}" title="${escapeHtml(exact)}">${escapeHtml(text)}</time>`;
}

/** The same in a message, as plain text: nobody knows there whose clock is meant, so it says the zone. */
export function momentInMessage(moment: Date | string, style: MomentStyle, reader: Reader): string {
  const at = typeof moment === 'string' ? new Date(moment) : moment;
  return format(at, reader, style === 'date' ? styles.date : withZone);
}

/** `dateStyle` and `timeStyle` take no `timeZoneName` beside them. ECMA-402 §11.1.2. */
const withZone: Intl.DateTimeFormatOptions = {
  year: 'numeric',
  month: 'long',
  day: 'numeric',
  hour: 'numeric',
  minute: '2-digit',
  timeZoneName: 'short',
};

export interface Reader {
  readonly language: string;
  /** IANA zone. */
  readonly timeZone: string;
  readonly now: Date;
}

function format(at: Date, reader: Reader, options: Intl.DateTimeFormatOptions): string {
  const name = `${reader.language} ${reader.timeZone} ${JSON.stringify(options)}`;
  let known = formats.get(name);
  if (known === undefined) {
    known = new Intl.DateTimeFormat(reader.language, { ...options, timeZone: reader.timeZone });
    formats.set(name, known);
  }
  return known.format(at);
}

const units = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
] as const;

function relative(at: Date, reader: Reader): string {
  const seconds = Math.round((at.getTime() - reader.now.getTime()) / 1000);
  const [unit, length] = units.find(([, size]) => Math.abs(seconds) >= size) ?? ['second', 1];
  return new Intl.RelativeTimeFormat(reader.language, { numeric: 'auto' }).format(Math.round(seconds / length), unit);
}
