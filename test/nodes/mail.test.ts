import { MailServer } from '../support/mail.ts';
import { onBothDatabases } from './databases.ts';
import type { Town } from './town.ts';

const count = 100;

onBothDatabases((open) => {
  let town: Town;
  let mail: MailServer;
  beforeAll(async () => {
    mail = await MailServer.start();
    town = await open({ mailUrl: mail.url });
  });
  afterAll(async () => {
    await town.close();
    await mail.down();
  });

  it('F5: of 100 mails that are waiting each is sent once, also when the node that sends is stopped meanwhile', async () => {
    const addresses = Array.from({ length: count }, (_, n) => `sailor${n}@harbour.example`);
    for (const email of addresses) {
      const invited = await town.operator.people.invite({ realm: 'harbour', name: email, email }, { kind: 'operator' });
      expect(invited.ok).toBe(true);
    }
    await mail.arrived(10);
    expect(await town.nodes[0]!.stop()).toBe(0);
    await mail.arrived(count);
    // What is being sent is finished first, so afterwards nobody sends any more.
    expect(await town.nodes[1]!.stop()).toBe(0);
    expect(mail.received.flatMap(({ to }) => to).sort()).toEqual(addresses.sort());
    expect(new Set(mail.received.map(({ messageId }) => messageId)).size).toBe(count);
    const { items } = await town.operator.messaging.list({ limit: 200 });
    expect(items.map(({ state, tries }) => ({ state, tries }))).toEqual(
      Array.from({ length: count }, () => ({ state: 'sent', tries: 1 })),
    );
  });
});
