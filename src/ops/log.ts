import { type DestinationStream, type Logger, pino } from 'pino';

/** Names of values that no log line may hold, at the top and one or two levels below. */
const secretNames: ReadonlySet<string> = new Set([
  'password',
  'new_password',
  'confirm_password',
  'code',
  'security_code_1',
  'security_code_2',
  'secret',
  'secrets',
  'clientSecret',
  'client_secret',
  'client_assertion',
  'token',
  'csrf',
  'access_token',
  'refresh_token',
  'id_token',
  'id_token_hint',
  'accessToken',
  'refreshToken',
  'idToken',
  'code_verifier',
  'hash',
  'link',
  'cookie',
  'cookies',
  'authorization',
  'set-cookie',
  'proxy-authorization',
  'dpop',
]);
const levelsBlanked = 3;

/**
 * A copy of what is logged in which values under known names of secrets are blanked out. Not pino's own redaction:
 * its paths with wildcards took a tenth of a small request's CPU.
 */
function blanked(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, blankedValue(name, value, 1)]));
}

function blankedValue(name: string, value: unknown, depth: number): unknown {
  if (secretNames.has(name)) return censored(name, value);
  if (depth === levelsBlanked || !isSpeltOut(value)) return value;
  if (Array.isArray(value)) return value.map((element) => blankedValue('', element, depth + 1));
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, blankedValue(key, field, depth + 1)]));
}

/** A `code` in words (`not_found`, `ECONNREFUSED`) is no secret; one in digits is. */
function censored(name: string, value: unknown): unknown {
  return name === 'code' && typeof value === 'string' && /^[A-Za-z_]+$/.test(value) ? value : '[redacted]';
}

/** By JSON, field by field. Errors are described by their serializers, dates say themselves what they are. */
function isSpeltOut(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !(value instanceof Error) && !('toJSON' in value);
}

/** For what a child logger adds to each of its lines, which no formatter sees. */
const censors = Object.fromEntries([...secretNames].map((name) => [name, (value: unknown) => censored(name, value)]));

/** JSON lines on standard output, or to `destination`. Known names of secrets are blanked out, whoever logs them. */
export function createLog(options: { readonly level: string; readonly destination?: DestinationStream }): Logger {
  const settings = {
    level: options.level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }), log: blanked },
    serializers: {
      ...censors,
      err: (error: unknown) => describe(error),
      cause: (error: unknown) => (error === undefined ? undefined : describe(error)),
    },
  };
  return pino(settings, options.destination ?? standardOutput());
}

const heldMs = 25;
const heldBytes = 4_096;

/**
 * Lines wait for each other, shortly: written one by one, each wakes another thread. What waits is written when the
 * process ends, whatever ends it except a kill.
 */
function standardOutput(): DestinationStream & { flushSync(): void } {
  const output = pino.destination({ sync: false, minLength: heldBytes });
  let timer: NodeJS.Timeout | undefined;
  return {
    write(line) {
      output.write(line);
      timer ??= setTimeout(() => {
        timer = undefined;
        output.flush();
      }, heldMs).unref();
    },
    flushSync: () => output.flushSync(),
  };
}

/** An error and its causes, without the properties that libraries hang on errors (requests, tokens, forms). */
function describe(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error)) return typeof error === 'string' ? error.slice(0, 500) : typeof error;
  const code = (error as NodeJS.ErrnoException).code;
  return {
    type: error.name,
    message: error.message,
    ...(typeof code === 'string' && { code: censored('code', code) }),
    stack: error.stack,
    ...(error.cause !== undefined && depth < 3 && { cause: describe(error.cause, depth + 1) }),
  };
}
