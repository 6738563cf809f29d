import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A message or call that Twilio was asked for. */
export interface Asked {
  readonly sid: string;
  readonly kind: 'Messages' | 'Calls';
  readonly to: string;
  readonly from: string;
  /** Of a message. */
  readonly body: string;
  /** Of a call: what it does first. */
  readonly twiml: string;
  readonly fields: URLSearchParams;
}

/** `sim_swap` of Twilio's Lookup v2: https://www.twilio.com/docs/lookup/v2-api/sim-swap */
export interface SimSwap {
  readonly last_sim_swap: {
    /** ISO 8601; null where the operator does not say. */
    readonly last_sim_swap_date: string | null;
    readonly swapped_period: string | null;
    readonly swapped_in_period: boolean | null;
  } | null;
  readonly error_code: number | null;
}

/**
 * What it does with a request. `hang`: takes it, and says nothing. `drip`: answers a byte now and then. `garbage`: 200 and
 * no JSON. `drop`: takes it, and hangs up.
 */
export type Behaviour = 'accept' | 'hang' | 'drip' | 'garbage' | 'drop' | { readonly status: number };

export interface CallbackAnswer {
  readonly status: number;
  readonly text: string;
}

const account = { sid: `AC${'0123456789abcdef'.repeat(2)}`, token: 'a-token-of-thirty-two-characters' };
const from = '+12025550100';
const dripMs = 300;

/** Speaks for Twilio: refuses what Twilio refuses, and signs what it calls back. */
export class TwilioServer {
  readonly asked: Asked[] = [];
  /** One for each of the next requests; then `always`. */
  readonly plan: Behaviour[] = [];
  always: Behaviour = 'accept';
  /** Requests of any end, asked for or not. */
  requests = 0;
  /** What operators say of the SIM cards of numbers; of others nothing. */
  readonly sims = new Map<string, SimSwap>();
  /** Numbers whose SIM cards were asked for. */
  readonly lookups: string[] = [];
  /** What it does with lookups. */
  lookup: Behaviour = 'accept';
  /** What was said last to somebody who listened. */
  heard = '';
  readonly #server: Server;
  readonly #unreachable = new Set<string>();
  readonly #waiting: ((asked: Asked) => void)[] = [];

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(): Promise<TwilioServer> {
    const server: Server = createServer();
    const twilio = new TwilioServer(server);
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      twilio.#answer(request, response).catch(() => response.destroy());
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return twilio;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** The settings that lead here. */
  get env(): Readonly<Record<string, string>> {
    return {
      GATEHOUSE_TWILIO_ACCOUNT_SID: account.sid,
      GATEHOUSE_TWILIO_AUTH_TOKEN: account.token,
      GATEHOUSE_TWILIO_FROM: from,
      GATEHOUSE_TWILIO_URL: this.url,
    };
  }

  get last(): Asked {
    const last = this.asked.at(-1);
    if (last === undefined) throw new Error('Twilio was asked for nothing');
    return last;
  }

  /** The next message or call that it takes. */
  nextAsked(): Promise<Asked> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** The code in the last message, or read aloud in the last call that somebody listened to. */
  get code(): string {
    const { body } = this.last;
    const code = body === '' ? spokenCode(this.heard) : /#(\d{6})$/.exec(body)?.[1];
    if (code === undefined) throw new Error(`no code in ${body}${this.heard}`);
    return code;
  }

  /** Somebody answers the last call and presses the key that it asks for: what is said then. */
  async listen(): Promise<string> {
    const { twiml } = this.last;
    const { text } = await this.press(twiml, openingKey(twiml));
    this.heard = text;
    return text;
  }

  /** Twilio does not send to this number (error 21211). */
  refuse(number: string): void {
    this.#unreachable.add(number);
  }

  /** What became of it: `delivered`, `undelivered`, `no-answer`, … */
  async status(asked: Asked, status: string): Promise<CallbackAnswer> {
    const address = asked.fields.get('StatusCallback') ?? '';
    const name = asked.kind === 'Messages' ? 'MessageStatus' : 'CallStatus';
    return this.post(address, {
      AccountSid: account.sid,
      [`${asked.kind.slice(0, -1)}Sid`]: asked.sid,
      [name]: status,
    });
  }

  /** Keys pressed in a call, in answer to the last thing that was said in it: what is said next. */
  async press(twiml: string, digits: string): Promise<CallbackAnswer> {
    const action = /<Gather[^>]* action="([^"]+)"/.exec(twiml)?.[1]?.replaceAll('&amp;', '&');
    if (action === undefined) throw new Error(`nothing to press at: ${twiml}`);
    return this.post(action, { AccountSid: account.sid, Digits: digits });
  }

  /** A callback as Twilio makes it: https://www.twilio.com/docs/usage/webhooks/webhooks-security */
  async post(
    address: string,
    fields: Readonly<Record<string, string>>,
    token = account.token,
  ): Promise<CallbackAnswer> {
    const signed =
      address +
      Object.keys(fields)
        .sort()
        .map((name) => name + fields[name])
        .join('');
    const answer = await fetch(address, {
      method: 'POST',
      headers: { 'x-twilio-signature': createHmac('sha1', token).update(signed).digest('base64') },
      body: new URLSearchParams(fields),
    });
    return { status: answer.status, text: await answer.text() };
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const fields = new URLSearchParams(await bodyOf(request));
    const lookedUp = /^\/v2\/PhoneNumbers\/([^?]+)\?(.*)$/.exec(request.url ?? '');
    if (lookedUp !== null) return this.#lookUp(request, response, lookedUp);
    this.requests += 1;
    const behaviour = this.plan.shift() ?? this.always;
    const fault = this.#faultOf(request, fields);
    const asked = fault === undefined && behaviour !== 'drop' ? this.#keep(request, fields) : undefined;
    const say = (status: number, body: unknown) => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    };
    if (behaviour === 'hang') return;
    if (behaviour === 'drop') return void response.destroy();
    if (behaviour === 'garbage') return void response.writeHead(200).end('<html>Sorry');
    if (behaviour === 'drip') return drip(response);
    if (typeof behaviour === 'object') {
      if (asked !== undefined) this.asked.pop();
      return say(behaviour.status, { code: 20_500, message: 'a fault', status: behaviour.status });
    }
    if (fault !== undefined) return say(fault.status, { ...fault, message: 'refused', more_info: '' });
    if (asked === undefined) return say(200, { sid: account.sid, status: 'active' });
    say(201, { sid: asked.sid, status: 'queued', account_sid: account.sid });
  }

  #lookUp(request: IncomingMessage, response: ServerResponse, [, number = '', query]: readonly string[]): void {
    const phone_number = decodeURIComponent(number);
    this.lookups.push(phone_number);
    const { lookup } = this;
    if (lookup === 'hang') return;
    if (lookup === 'drop') return void response.destroy();
    if (lookup === 'garbage') return void response.writeHead(200).end('<html>Sorry');
    if (lookup === 'drip') return drip(response);
    const refused = !isOurs(request) ? 401 : request.method === 'GET' && query === 'Fields=sim_swap' ? undefined : 400;
    const status = typeof lookup === 'object' ? lookup.status : (refused ?? 200);
    const nobody: SimSwap = { last_sim_swap: null, error_code: 60_606 };
    const body = { phone_number, valid: true, sim_swap: this.sims.get(phone_number) ?? nobody };
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(status === 200 ? body : { code: 20_500, message: 'a fault', status }));
  }

  /** What Twilio refuses: strangers, other accounts, numbers that are none, senders that are not ours, empty texts. */
  #faultOf(request: IncomingMessage, fields: URLSearchParams): { status: number; code: number } | undefined {
    if (!isOurs(request)) return { status: 401, code: 20_003 };
    const [, sid, kind] = /^\/2010-04-01\/Accounts\/(\w+)(?:\/(Messages|Calls))?\.json$/.exec(request.url ?? '') ?? [];
    if (sid !== account.sid) return { status: 404, code: 20_404 };
    if (kind === undefined) return undefined;
    const to = fields.get('To') ?? '';
    if (!/^\+[1-9]\d{6,14}$/.test(to) || this.#unreachable.has(to)) return { status: 400, code: 21_211 };
    if (fields.get('From') !== from) return { status: 400, code: 21_606 };
    if (kind === 'Messages' && (fields.get('Body') ?? '') === '') return { status: 400, code: 21_602 };
    if (kind === 'Messages' && (fields.get('Body') ?? '').length > 1600) return { status: 400, code: 21_617 };
    if (kind === 'Calls' && !(fields.get('Twiml') ?? '').startsWith('<?xml')) return { status: 400, code: 21_205 };
    if (!/^[0-9#*w]*$/.test(fields.get('SendDigits') ?? '')) return { status: 400, code: 13_222 };
    return undefined;
  }

  #keep(request: IncomingMessage, fields: URLSearchParams): Asked | undefined {
    const [, kind] = /\/(Messages|Calls)\.json$/.exec(request.url ?? '') ?? [];
    if (kind !== 'Messages' && kind !== 'Calls') return undefined;
    const asked: Asked = {
      sid: `${kind === 'Messages' ? 'SM' : 'CA'}${String(this.asked.length + 1).padStart(32, '0')}`,
      ...{ kind, fields, to: fields.get('To') ?? '', from: fields.get('From') ?? '' },
      ...{ body: fields.get('Body') ?? '', twiml: fields.get('Twiml') ?? '' },
    };
    this.asked.push(asked);
    for (const resolve of this.#waiting.splice(0)) resolve(asked);
    return asked;
  }
}

/** The key that a call asks for before it reads a code. */
export function openingKey(twiml: string): string {
  const said = [...twiml.matchAll(/<Say[^>]*>([^<]*)<\/Say>/g)].map(([, text = '']) => text);
  // Twice, with time to find it in between; after it the goodbye.
  const key = /\d/.exec(said.at(-2) ?? '')?.[0];
  if (key === undefined || said.at(-2) !== said.at(-3)) throw new Error(`no key is asked for in ${twiml}`);
  return key;
}

/** The digits that stand alone, as they are read the first time. */
export function spokenCode(twiml: string): string | undefined {
  const digits = [...twiml.matchAll(/<Say[^>]*>(\d)<\/Say>/g)].map(([, digit]) => digit);
  return digits.length >= 6 ? digits.slice(0, 6).join('') : undefined;
}

function isOurs(request: IncomingMessage): boolean {
  const expected = Buffer.from(`Basic ${Buffer.from(`${account.sid}:${account.token}`).toString('base64')}`);
  const given = Buffer.from(request.headers.authorization ?? '');
  return given.length === expected.length && timingSafeEqual(given, expected);
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

function drip(response: ServerResponse): void {
  response.writeHead(201, { 'content-type': 'application/json' });
  const timer = setInterval(() => response.write(' '), dripMs);
  response.on('close', () => clearInterval(timer));
}
