import {
  address,
  choice,
  database,
  hostToListenOn,
  type Kind,
  mailbox,
  networks,
  origin,
  origins,
  path,
  phoneNumber,
  token,
  twilioSid,
  wholeNumber,
} from './kinds.ts';

/** One setting: the only place that knows its name, default, bounds and reason. The reference is generated from this. */
export interface Entry<T> {
  readonly name: string;
  /** As it would stand in the environment; undefined: not set. */
  readonly default: string | undefined;
  readonly kind: Kind<T>;
  readonly unit?: string;
  readonly why: string;
  /** Its value is never shown: not in a fault, not in a log. */
  readonly isSecret?: boolean;
  /** What production asks beyond the bounds. */
  readonly production?: string;
}

const entry = <T, D extends string | undefined>(
  given: Entry<T> & { readonly default: D },
): Entry<T> & { readonly default: D } => given;

export const entries = {
  mode: entry({
    name: 'GATEHOUSE_MODE',
    default: 'development',
    kind: choice(['development', 'production']),
    why: 'Development shows passwords and codes on its pages, so it answers on this machine only. Production refuses to start until keys, https and mail are in order.',
  }),
  origin: entry({
    name: 'GATEHOUSE_ORIGIN',
    default: 'http://localhost:4000',
    kind: origin,
    why: 'Where people reach Gatehouse. Issuers, links in mails and cookies are made from it, never from a request. Not set in development: localhost at `GATEHOUSE_PORT`.',
    production: 'must be https',
  }),
  host: entry({
    name: 'GATEHOUSE_HOST',
    default: '127.0.0.1',
    kind: hostToListenOn,
    why: 'The address to listen on. In development it must be this machine itself.',
  }),
  port: entry({
    name: 'GATEHOUSE_PORT',
    default: '4000',
    kind: wholeNumber(0, 65_535),
    why: 'The TCP port to listen on; 0 lets the system choose.',
  }),
  data: entry({
    name: 'GATEHOUSE_DATA',
    default: './data',
    kind: path('a directory'),
    why: 'Where the SQLite file and, in development, the sealing key are kept. Made when it is missing, readable by its owner only.',
  }),
  database: entry({
    name: 'GATEHOUSE_DATABASE',
    default: undefined,
    kind: database,
    isSecret: true,
    why: 'Where documents live. Empty: one SQLite file in the data directory, enough for one machine. MongoDB is the way past one machine.',
  }),
  realms: entry({
    name: 'GATEHOUSE_REALMS',
    default: './config/realms',
    kind: path('a directory'),
    why: 'Realm files (`*.yaml`) that are applied at start.',
  }),
  keys: entry({
    name: 'GATEHOUSE_KEYS',
    default: undefined,
    kind: path('a file'),
    why: 'The sealing keys, newest first, a line each: `name:key`, the key being 32 bytes in base64. What is sealed with them is lost without them, so keep a copy apart from the backups. Rotate by adding a line on top.',
    production: 'required; outside the data directory; not readable by others',
  }),
  keysAheadS: entry({
    name: 'GATEHOUSE_KEYS_AHEAD',
    default: undefined,
    kind: wholeNumber(60, 604_800),
    unit: 'seconds',
    why: 'How long a new key that signs tokens is published before it signs, when keys are rotated. Portals may keep a key set for a quarter of it, 15 minutes at most. Not set: 3600 in production, 60 in development.',
  }),
  trustProxy: entry({
    name: 'GATEHOUSE_TRUST_PROXY',
    default: undefined,
    kind: networks,
    why: 'Proxies whose X-Forwarded-For counts. From anyone else forwarding headers are ignored, or guessing limits could be walked around.',
  }),
  allowOrigins: entry({
    name: 'GATEHOUSE_ALLOW_ORIGINS',
    default: undefined,
    kind: origins,
    why: 'Internal addresses that Gatehouse may call (logout notices, webhooks). All other internal addresses are refused.',
  }),
  mailUrl: entry({
    name: 'GATEHOUSE_MAIL_URL',
    default: undefined,
    kind: address(['smtp:', 'smtps:'], 'smtp://user:password@mail.example.com:587'),
    isSecret: true,
    why: 'The server that takes our mail. Without one, development shows mails at /dev/outbox.',
    production: 'required',
  }),
  mailFrom: entry({
    name: 'GATEHOUSE_MAIL_FROM',
    default: 'Gatehouse <no-reply@localhost>',
    kind: mailbox,
    why: 'The sender of our mails.',
    production: 'must be set',
  }),
  twilioAccountSid: entry({
    name: 'GATEHOUSE_TWILIO_ACCOUNT_SID',
    default: undefined,
    kind: twilioSid,
    why: 'The Twilio account that carries codes by text message and call. Without one, development shows them at /dev/outbox, and production offers no codes by phone.',
  }),
  twilioAuthToken: entry({
    name: 'GATEHOUSE_TWILIO_AUTH_TOKEN',
    default: undefined,
    kind: token,
    isSecret: true,
    why: 'The token of that account: we are known to Twilio by it, and Twilio to us.',
  }),
  twilioFrom: entry({
    name: 'GATEHOUSE_TWILIO_FROM',
    default: undefined,
    kind: phoneNumber,
    why: 'The number of that account that text messages and calls come from. It must be able to do both.',
  }),
  twilioUrl: entry({
    name: 'GATEHOUSE_TWILIO_URL',
    default: undefined,
    kind: origin,
    why: 'Another address than Twilio’s own, for tests: whatever answers there gets the token and the codes.',
    production: 'must be https',
  }),
  workers: entry({
    name: 'GATEHOUSE_WORKERS',
    default: '1',
    kind: wholeNumber(1, 64),
    why: 'Processes that serve on the one port. One process uses one processor for everything but hashing; more than there are processors gain nothing.',
  }),
  stopDelayS: entry({
    name: 'GATEHOUSE_STOP_DELAY',
    default: undefined,
    kind: wholeNumber(0, 300),
    unit: 'seconds',
    why: 'How long to go on serving after SIGTERM while `/readyz` is red already, so that a proxy has stopped sending before the port closes. Set it above the time the proxy takes to notice. Not set: 5 in production, 0 in development.',
  }),
  metricsPort: entry({
    name: 'GATEHOUSE_METRICS_PORT',
    default: undefined,
    kind: wholeNumber(0, 65_535),
    why: 'The TCP port of `/metrics` for Prometheus, on the same host; 0 lets the system choose. Not set: nothing is measured. Let only your Prometheus reach it.',
  }),
  tracesUrl: entry({
    name: 'GATEHOUSE_TRACES_URL',
    default: undefined,
    kind: address(['http:', 'https:'], 'http://collector.internal:4318/v1/traces'),
    why: 'Where OpenTelemetry traces go (OTLP over HTTP, the full address). Not set: nothing is traced.',
  }),
  demoPort: entry({
    name: 'GATEHOUSE_DEMO_PORT',
    default: '4001',
    kind: wholeNumber(0, 65_535),
    why: 'The TCP port of the demo portals. They exist in development only.',
  }),
  startsPerMinute: entry({
    name: 'GATEHOUSE_STARTS_PER_MINUTE',
    default: '600',
    kind: wholeNumber(30, 1_000_000),
    unit: 'per minute and address range',
    why: 'Sign-ins, pushed requests of portals without credentials, and device codes that one address range (/24, /56) may begin: each is stored for people who have proven nothing yet. Generous for an office behind one address; whoever begins more is asked to wait until the minute is over. Each process beyond the first may exceed it by 30.',
  }),
  logLevel: entry({
    name: 'GATEHOUSE_LOG_LEVEL',
    default: undefined,
    kind: choice(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']),
    why: 'The least serious log lines that are written. Not set: `info` in production, `warn` in development, where people read along. No level writes passwords, codes or tokens.',
  }),
} as const;

type Entries = typeof entries;
type ValueOf<E> = E extends Entry<infer T> ? (E extends { readonly default: string } ? T : T | undefined) : never;

/** Every setting, read and checked. Paths are absolute. */
export type Config = { readonly [K in keyof Entries]: ValueOf<Entries[K]> };
