import { BlockList, isIP } from 'node:net';
import { resolve } from 'node:path';

export type Parsed<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly fault: string };

/** A way to read one value. `bounds` is what the reference says; a fault finishes the sentence "NAME must be …". */
export interface Kind<T> {
  readonly bounds: string;
  parse(text: string): Parsed<T>;
}

const right = <T>(value: T): Parsed<T> => ({ ok: true, value });
const wrong = <T>(fault: string): Parsed<T> => ({ ok: false, fault });

export function choice<const T extends string>(values: readonly T[]): Kind<T> {
  const bounds = `one of ${values.map((value) => `\`${value}\``).join(', ')}`;
  return {
    bounds,
    parse: (text) => {
      const value = values.find((candidate) => candidate === text);
      return value === undefined ? wrong(`${bounds.replaceAll('`', '')}, not "${text}"`) : right(value);
    },
  };
}

export function wholeNumber(least: number, most: number): Kind<number> {
  const bounds = `a whole number from ${least} to ${most}`;
  return {
    bounds,
    parse: (text) => {
      const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
      return value >= least && value <= most ? right(value) : wrong(`${bounds}, not "${text}"`);
    },
  };
}

/** A path, made absolute against the working directory. */
export function path(what: 'a directory' | 'a file'): Kind<string> {
  return {
    bounds: what,
    parse: (text) => (text.includes('\0') ? wrong(`${what}, without NUL`) : right(resolve(text))),
  };
}

export const hostToListenOn: Kind<string> = {
  bounds: 'an IP address or a host name',
  parse: (text) =>
    isIP(text) !== 0 || /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/i.test(text)
      ? right(text)
      : wrong(`an IP address or a host name such as 127.0.0.1 or 0.0.0.0, not "${text}"`),
};

/** Scheme, host and port of `text`, or undefined when it is more than that, or something else. */
function originOf(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  const isWeb = url.protocol === 'https:' || url.protocol === 'http:';
  const isBare =
    url.username === '' && url.password === '' && url.pathname === '/' && url.search === '' && url.hash === '';
  return isWeb && isBare && !/[?#]/.test(text) ? url.origin : undefined;
}

export const origin: Kind<string> = {
  bounds: 'scheme and host, with a port if it is not the usual one, and no path',
  parse: (text) => {
    const value = originOf(text);
    return value === undefined
      ? wrong(`an origin such as https://id.example.com, without a path, not "${text}"`)
      : right(value);
  },
};

/** Entries of a list, parted by commas or blanks. */
const entriesOf = (text: string): readonly string[] => text.split(/[\s,]+/).filter((entry) => entry !== '');

export const origins: Kind<readonly string[]> = {
  bounds: 'origins, parted by commas',
  parse: (text) => {
    const values = entriesOf(text).map((entry) => originOf(entry));
    const bad = values.indexOf(undefined);
    if (bad !== -1) return wrong(`origins such as https://crm.internal:8443; "${entriesOf(text)[bad]}" is none`);
    return right(values.filter((value) => value !== undefined));
  },
};

export const networks: Kind<readonly string[]> = {
  bounds: 'addresses or networks in CIDR form, parted by commas',
  parse: (text) => {
    const bad = entriesOf(text).find((entry) => !isNetwork(entry));
    return bad === undefined
      ? right(entriesOf(text))
      : wrong(`addresses or networks such as 10.0.0.0/8; "${bad}" is none`);
  },
};

function isNetwork(text: string): boolean {
  const [address = '', bits, ...more] = text.split('/');
  const version = isIP(address);
  if (version === 0 || more.length > 0) return false;
  if (bits === undefined) return true;
  if (!/^\d{1,3}$/.test(bits)) return false;
  try {
    new BlockList().addSubnet(address, Number(bits), version === 4 ? 'ipv4' : 'ipv6');
    return true;
  } catch {
    return false;
  }
}

/** An address with one of `schemes`; its text is never repeated in a fault, since it may hold a password. */
export function address(schemes: readonly string[], example: string): Kind<string> {
  return {
    bounds: `an address such as \`${example}\``,
    parse: (text) =>
      URL.canParse(text) && schemes.includes(new URL(text).protocol) && new URL(text).hostname !== ''
        ? right(text)
        : wrong(
            `an address that begins with ${schemes.map((scheme) => `${scheme}//`).join(' or ')}, such as ${example}`,
          ),
  };
}

/** MongoDB's addresses name several hosts, which `URL` does not read. */
export const database: Kind<string> = {
  bounds: 'empty, or an address such as `mongodb://db1.internal,db2.internal/gatehouse`',
  parse: (text) =>
    /^mongodb(\+srv)?:\/\/[^\s/]+(\/\S*)?$/.test(text)
      ? right(text)
      : wrong('empty (the file in the data directory) or an address that begins with mongodb:// or mongodb+srv://'),
};

export const mailbox: Kind<string> = {
  bounds: 'a mail address, with or without a name',
  parse: (text) =>
    /^(?:[^<>@\r\n"]{0,100} )?<[^\s<>@]{1,64}@[^\s<>@]{1,255}>$|^[^\s<>@]{1,64}@[^\s<>@]{1,255}$/.test(text)
      ? right(text)
      : wrong(`a mail address such as "Example Sign-in <no-reply@example.com>", not "${text}"`),
};

export const twilioSid: Kind<string> = {
  bounds: '`AC` and 32 hexadecimal digits',
  parse: (text) =>
    /^AC[0-9a-f]{32}$/i.test(text)
      ? right(text)
      : wrong(`"AC" and 32 hexadecimal digits, as the first page of the Twilio console shows it, not "${text}"`),
};

/** Its text is never repeated in a fault. */
export const token: Kind<string> = {
  bounds: '16 to 256 characters without blanks',
  parse: (text) => (/^\S{16,256}$/.test(text) ? right(text) : wrong('16 to 256 characters without blanks')),
};

export const phoneNumber: Kind<string> = {
  bounds: 'a telephone number such as `+12025550140`',
  parse: (text) =>
    /^\+[1-9]\d{6,14}$/.test(text) ? right(text) : wrong(`a telephone number such as +12025550140, not "${text}"`),
};
