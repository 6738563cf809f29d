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

const blockLists = new WeakMap<NetworkRule, BlockList>();

/** False for what is no address, so that an unknown address is never inside. */
export function holdsFrom(rule: NetworkRule, address: string | undefined): boolean {
  const version = isIP(address ?? '');
  const isInside =
    address !== undefined && version !== 0 && blockListOf(rule).check(address, version === 4 ? 'ipv4' : 'ipv6');
  return rule.where === 'outside' ? !isInside : isInside;
}

function blockListOf(rule: NetworkRule): BlockList {
  const known = blockLists.get(rule);
  if (known !== undefined) return known;
  const list = new BlockList();
  for (const text of rule.ranges) {
    const [address = '', bits] = text.split('/');
    const isV4 = isIP(address) === 4;
    list.addSubnet(address, bits === undefined ? (isV4 ? 32 : 128) : Number(bits), isV4 ? 'ipv4' : 'ipv6');
  }
  blockLists.set(rule, list);
  return list;
}

const clocks = new Map<string, Intl.DateTimeFormat>();

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

/** `day`: 0 is Monday. `minute`: since local midnight. */
function localTime(timeZone: string, now: Date): { day: number; minute: number } {
  let clock = clocks.get(timeZone);
  if (clock === undefined) {
    clock = new Intl.DateTimeFormat('en-GB', {
      timeZone,
      weekday: 'short',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    });
    clocks.set(timeZone, clock);
  }
  const parts = new Map(clock.formatToParts(now).map(({ type, value }) => [type, value]));
  const day = allDays.findIndex((name) => name === parts.get('weekday')?.toLowerCase());
  return { day, minute: Number(parts.get('hour')) * 60 + Number(parts.get('minute')) };
}

function minutesOf(time: string): number {
  const [hours, minutes] = time.split(':');
  return Number(hours) * 60 + Number(minutes);
}
