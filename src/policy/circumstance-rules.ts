import { BlockList, isIP } from 'node:net';
import { z } from 'zod';

/** What follows where such a rule holds: a second factor whatever else is waived, or no sign-in at all. */
const consequence = z.enum(['always_second_factor', 'refuse']);
/** `inside`: the rule holds within what is listed; `outside`: everywhere else. */
const where = z.enum(['inside', 'outside']).optional();

const range = z
  .string()
  .max(64)
  .refine((text) => isRange(text), 'must be an address range, such as 192.0.2.0/24 or 2001:db8::/32');

export const networkRuleShape = z.strictObject({
  /** CIDR notation (RFC 4632 §3.1, RFC 4291 §2.3). */
  ranges: z.array(range).min(1).max(256),
  where,
  effect: consequence,
});

const timeOfDay = z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, 'must be a time such as 07:30');

export const allDays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

export const hoursRuleShape = z.strictObject({
  /** IANA name, such as Europe/Vienna. */
  timeZone: z
    .string()
    .max(64)
    .refine((name) => isTimeZone(name), 'must be a time zone, such as Europe/Vienna'),
  /** Every day when absent. A span over midnight belongs to the day on which it begins. */
  days: z.array(z.enum(allDays)).min(1).max(7).optional(),
  /** From this time of day, to just before `to`; the same time twice is the whole day. */
  from: timeOfDay,
  to: timeOfDay,
  where,
  effect: consequence,
});

export type NetworkRule = z.infer<typeof networkRuleShape>;
export type HoursRule = z.infer<typeof hoursRuleShape>;

function isRange(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/');
  const version = isIP(address);
  if (version === 0 || rest.length > 0) return false;
  if (bits === undefined) return true;
  return /^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128);
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

/** By the ranges as they are written: rules are read from the store again and again. */
const blockLists = new Map<string, BlockList>();
const mostBlockLists = 1_000;

/** False for what is no address, so that an unknown address is never inside. */
export function holdsFrom(rule: NetworkRule, address: string | undefined): boolean {
  const version = isIP(address ?? '');
  const isInside =
    address !== undefined && version !== 0 && blockListOf(rule).check(address, version === 4 ? 'ipv4' : 'ipv6');
  return rule.where === 'outside' ? !isInside : isInside;
}

function blockListOf(rule: NetworkRule): BlockList {
  const key = rule.ranges.join(' ');
  const known = blockLists.get(key);
  if (known !== undefined) return known;
  const list = new BlockList();
  for (const text of rule.ranges) {
    const [address = '', bits] = text.split('/');
    const isV4 = isIP(address) === 4;
    list.addSubnet(address, bits === undefined ? (isV4 ? 32 : 128) : Number(bits), isV4 ? 'ipv4' : 'ipv6');
  }
  if (blockLists.size >= mostBlockLists) blockLists.clear();
  blockLists.set(key, list);
  return list;
}

interface LocalTime {
  /** 0 is Monday. */
  readonly day: number;
  /** Since local midnight. */
  readonly minute: number;
}

/** Every rule of one time zone asks for the same minute, and to format it is dear. */
const clocks = new Map<string, { format: Intl.DateTimeFormat; at: number; time: LocalTime }>();

export function holdsAt(rule: HoursRule, now: Date): boolean {
  const { day, minute } = localTime(rule.timeZone, now);
  const [from, to] = [minutesOf(rule.from), minutesOf(rule.to)];
  const isOn = (index: number) => rule.days === undefined || rule.days.includes(allDays[(index + 7) % 7] ?? 'mon');
  const isInside =
    from < to
      ? isOn(day) && minute >= from && minute < to
      : (isOn(day) && minute >= from) || (isOn(day - 1) && minute < to);
  return rule.where === 'outside' ? !isInside : isInside;
}

function localTime(timeZone: string, now: Date): LocalTime {
  const at = Math.floor(now.getTime() / 60_000);
  const known = clocks.get(timeZone);
  if (known?.at === at) return known.time;
  const format = known?.format ?? formatOf(timeZone);
  const parts = new Map(format.formatToParts(now).map(({ type, value }) => [type, value]));
  const day = allDays.findIndex((name) => name === parts.get('weekday')?.toLowerCase());
  const time = { day, minute: Number(parts.get('hour')) * 60 + Number(parts.get('minute')) };
  clocks.set(timeZone, { format, at, time });
  return time;
}

function formatOf(timeZone: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat('en-GB', {
    timeZone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
}

function minutesOf(time: string): number {
  const [hours, minutes] = time.split(':');
  return Number(hours) * 60 + Number(minutes);
}
