import { Gauge, type Registry } from 'prom-client';

export interface MetricSources {
  isReady(): Promise<boolean>;
  messagesWaiting(): Promise<number>;
  /** Documents with something to deliver (counted up to a bound), and when the oldest of it was said. */
  outbox(): Promise<{ readonly documents: number; readonly oldestAt: Date | undefined }>;
  hashes(): { readonly running: number; readonly waiting: number; readonly turnedAway: number };
  now(): Date;
}

export interface Gauges {
  from(sources: MetricSources): void;
}

/**
 * Lengths of queues, asked for when Prometheus asks. What is in the database is the same for every process: of
 * several the highest counts. A database that is away leaves the last figure, and `gatehouse_database_up` says so.
 */
export function createGauges(registers: Registry[]): Gauges {
  let known: MetricSources | undefined;
  const gauge = (name: string, help: string, aggregator: 'max' | 'min' | 'sum', read: Read) =>
    new Gauge({
      name,
      help,
      aggregator,
      registers,
      async collect() {
        if (known === undefined) return;
        const value = await read(known).catch(() => undefined);
        if (value !== undefined) this.set(value);
      },
    });

  gauge('gatehouse_database_up', 'Whether the database answers (1) or not (0).', 'min', async (sources) =>
    Number(await sources.isReady()),
  );
  gauge('gatehouse_messages_waiting', 'Messages that are still to be sent.', 'max', (sources) =>
    sources.messagesWaiting(),
  );
  let outbox: Promise<{ documents: number; oldestAt: Date | undefined }> | undefined;
  gauge('gatehouse_outbox_documents', 'Documents with undelivered events or messages.', 'max', async (sources) => {
    outbox = sources.outbox();
    return (await outbox).documents;
  });
  gauge('gatehouse_outbox_oldest_seconds', 'How long the oldest of them has waited.', 'max', async (sources) => {
    const oldestAt = (await (outbox ?? sources.outbox())).oldestAt;
    return oldestAt === undefined ? 0 : Math.max(0, (sources.now().getTime() - oldestAt.getTime()) / 1000);
  });
  gauge(
    'gatehouse_hashes_running',
    'Passwords that are being hashed.',
    'sum',
    async (sources) => sources.hashes().running,
  );
  gauge(
    'gatehouse_hashes_waiting',
    'Passwords in line to be hashed.',
    'sum',
    async (sources) => sources.hashes().waiting,
  );
  gauge(
    'gatehouse_hashes_turned_away',
    'Passwords that were not judged since the start, for there were too many.',
    'sum',
    async (sources) => sources.hashes().turnedAway,
  );

  return {
    from(sources) {
      known = sources;
    },
  };
}

type Read = (sources: MetricSources) => Promise<number>;
