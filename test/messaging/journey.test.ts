import { z } from 'zod';
import { createDrain, type Doc, type Leases, type OutboxItem, outboxShape } from '../../src/store/index.ts';
import { MailServer } from '../support/mail.ts';
import { aMessage, aMessaging, type MessagingForTests } from './a-messaging.ts';

interface Changed extends Doc {
  readonly outbox?: readonly OutboxItem[] | undefined;
}

describe('a message in the document it tells of', () => {
  let server: MailServer;
  let made: MessagingForTests;
  beforeEach(async () => {
    server = await MailServer.start();
    made = await aMessaging(server.url);
  });
  afterEach(async () => {
    await made.close();
    await server.down();
  });

  it('F5: is drained, queued and sent once, though the drain hands it over twice', async () => {
    const changed = made.store.collection<Changed>({
      name: 'changed',
      shape: z.object({ id: z.string(), outbox: outboxShape }),
      indexes: [],
      outbox: true,
    });
    await made.store.bootstrap();
    const leases = { hold: async () => true, release: async () => {} } satisfies Leases;
    const drain = createDrain({
      store: made.store,
      collections: [changed],
      leases,
      clock: made.clock,
      deliver: {
        audit: async () => {},
        message: async (items) => {
          await made.messaging.accept(items);
          await made.messaging.accept(items);
        },
      },
    });
    await changed.insert({ id: 'a', outbox: [aMessage()] });
    expect(await drain.drainOnce()).toBe(1);
    await made.tryTimes(2);
    expect(server.received).toHaveLength(1);
    expect((await changed.get('a'))?.outbox ?? []).toEqual([]);
  });
});
