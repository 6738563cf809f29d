import PostalMime, { type Email } from 'postal-mime';
import { SMTPServer, type SMTPServerSession } from 'smtp-server';
import { freePort } from './free-port.ts';

export interface ReceivedMail {
  /** Envelope. */
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly messageId: string;
  /** The address that a person clicks: the first http link of the text. */
  readonly link: string | undefined;
  readonly mail: Email;
  readonly raw: string;
  header(name: string): string | undefined;
}

/**
 * What the server does with a connection. `silent`: takes it and says nothing. `drop-in-data`: hangs up in the middle
 * of the mail. `drop-after-data`: keeps the mail, and hangs up instead of answering.
 */
export type Behaviour =
  | 'accept'
  | 'silent'
  | 'drop-in-data'
  | 'drop-after-data'
  | { readonly refuse: 'greeting' | 'sender' | 'recipient' | 'data'; readonly code: number };

export interface MailServerOptions {
  /** Asks for a login and accepts only this one. */
  readonly login?: { readonly user: string; readonly pass: string };
}

/** A real SMTP server that keeps what it takes. */
export class MailServer {
  readonly received: ReceivedMail[] = [];
  /** One for each of the next connections; then `always`. */
  readonly plan: Behaviour[] = [];
  always: Behaviour = 'accept';
  connections = 0;
  readonly #options: MailServerOptions;
  #server: SMTPServer | undefined;
  readonly #port: number;
  #arrivals: (() => void)[] = [];
  readonly #behaviours = new Map<string, Behaviour>();

  private constructor(options: MailServerOptions, port: number) {
    this.#options = options;
    this.#port = port;
  }

  static async start(options: MailServerOptions = {}): Promise<MailServer> {
    const server = new MailServer(options, await freePort());
    await server.up();
    return server;
  }

  get url(): string {
    const { login } = this.#options;
    const user = login === undefined ? '' : `${encodeURIComponent(login.user)}:${encodeURIComponent(login.pass)}@`;
    return `smtp://${user}127.0.0.1:${this.#port}`;
  }

  /** Listens (again), on the port it had. */
  async up(): Promise<void> {
    const { login } = this.#options;
    const server = new SMTPServer({
      disabledCommands: login === undefined ? ['AUTH', 'STARTTLS'] : ['STARTTLS'],
      allowInsecureAuth: true,
      authOptional: login === undefined,
      disableReverseLookup: true,
      closeTimeout: 50,
      onAuth: ({ username, password }, _session, done) => {
        if (username === login?.user && password === login?.pass) return done(null, { user: username });
        return done(smtpError(535));
      },
      onConnect: (session, done) => {
        this.connections += 1;
        const behaviour = this.plan.shift() ?? this.always;
        this.#behaviours.set(session.id, behaviour);
        if (behaviour === 'silent') return undefined;
        return done(refusal(behaviour, 'greeting'));
      },
      onMailFrom: (_address, session, done) => done(refusal(this.#of(session), 'sender')),
      onRcptTo: (_address, session, done) => done(refusal(this.#of(session), 'recipient')),
      onData: (stream, session, done) => {
        const behaviour = this.#of(session);
        const chunks: Buffer[] = [];
        stream.on('data', (chunk: Buffer) => {
          chunks.push(chunk);
          if (behaviour === 'drop-in-data') this.#hangUp(session);
        });
        stream.on('end', () => {
          const refused = refusal(behaviour, 'data');
          if (behaviour === 'drop-in-data') return;
          if (refused !== undefined) return done(refused);
          this.#keep(session, Buffer.concat(chunks), () => {
            if (behaviour === 'drop-after-data') this.#hangUp(session);
            else done();
          });
        });
      },
      onClose: (session) => this.#behaviours.delete(session.id),
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(this.#port, '127.0.0.1', resolve);
    });
    server.on('error', () => {});
    this.#server = server;
  }

  async down(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined) return;
    for (const connection of connectionsOf(server)) connection._socket.destroy();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  }

  /** Waits until at least so many mails were taken since the start. */
  async arrived(count: number): Promise<readonly ReceivedMail[]> {
    while (this.received.length < count) await new Promise<void>((resolve) => this.#arrivals.push(resolve));
    return this.received;
  }

  /** The newest mail to this address. */
  to(address: string): ReceivedMail | undefined {
    return this.received.findLast((mail) => mail.to.includes(address));
  }

  #of(session: SMTPServerSession): Behaviour {
    return this.#behaviours.get(session.id) ?? 'accept';
  }

  #hangUp(session: SMTPServerSession): void {
    const server = this.#server;
    if (server === undefined) return;
    for (const connection of connectionsOf(server)) {
      if (connection.session.id === session.id) connection._socket.destroy();
    }
  }

  #keep(session: SMTPServerSession, raw: Buffer, answer: () => void): void {
    void PostalMime.parse(raw).then((mail) => {
      this.#record(session, mail, raw);
      answer();
    });
  }

  #record(session: SMTPServerSession, mail: Email, raw: Buffer): void {
    const { mailFrom, rcptTo } = session.envelope;
    this.received.push({
      from: mailFrom === false ? '' : mailFrom.address,
      to: rcptTo.map(({ address }) => address),
      subject: mail.subject ?? '',
      text: mail.text ?? '',
      html: mail.html ?? '',
      messageId: mail.messageId ?? '',
      link: /https?:\/\/\S+/.exec(mail.text ?? '')?.[0],
      mail,
      raw: raw.toString('utf8'),
      header: (name) => mail.headers.find((header) => header.key === name.toLowerCase())?.value,
    });
    for (const tell of this.#arrivals.splice(0)) tell();
  }
}

/** smtp-server has no public way to hang up on one client; its connections are listed, their sockets are not typed. */
function connectionsOf(server: SMTPServer) {
  type Connection = { session: SMTPServerSession; _socket: { destroy(): void } };
  return (server as unknown as { connections: Set<Connection> }).connections;
}

function refusal(behaviour: Behaviour, at: 'greeting' | 'sender' | 'recipient' | 'data'): Error | undefined {
  return typeof behaviour === 'object' && behaviour.refuse === at ? smtpError(behaviour.code) : undefined;
}

function smtpError(responseCode: number): Error {
  return Object.assign(new Error('refused by the test'), { responseCode });
}
