import { type DestinationStream, type Logger, pino } from 'pino';

/** Names of values that no log line may hold, at the top and one or two levels below. */
const secretNames = [
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
];

const pathTo = (prefix: string, name: string) =>
  /^\w+$/.test(name) ? `${prefix}${name}` : `${prefix.replace(/\.$/, '')}["${name}"]`;

const redacted = secretNames.flatMap((name) => [pathTo('', name), pathTo('*.', name), pathTo('*.*.', name)]);

/** A `code` in words (`not_found`, `ECONNREFUSED`) is no secret; one in digits is. */
const censor = (value: unknown, path: readonly string[]): unknown =>
  path.at(-1) === 'code' && typeof value === 'string' && /^[A-Za-z_]+$/.test(value) ? value : '[redacted]';

/** JSON lines on standard output, or to `destination`. Known names of secrets are blanked out, whoever logs them. */
export function createLog(options: { readonly level: string; readonly destination?: DestinationStream }): Logger {
  const settings = {
    level: options.level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: { paths: redacted, censor },
    serializers: {
      err: (error: unknown) => describe(error),
      cause: (error: unknown) => (error === undefined ? undefined : describe(error)),
    },
  };
  return options.destination === undefined ? pino(settings) : pino(settings, options.destination);
}

/** An error and its causes, without the properties that libraries hang on errors (requests, tokens, forms). */
function describe(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error)) return typeof error === 'string' ? error.slice(0, 500) : typeof error;
  const code = (error as NodeJS.ErrnoException).code;
  return {
    type: error.name,
    message: error.message,
    ...(typeof code === 'string' && { code }),
    stack: error.stack,
    ...(error.cause !== undefined && depth < 3 && { cause: describe(error.cause, depth + 1) }),
  };
}
