import type { Outbox } from '../outbox.ts';
import type { Gateway } from './gateway.ts';

/** Development without a provider: what would have been sent, or said, is shown at /dev/outbox. */
export function createOutboxGateway(outbox: Pick<Outbox, 'put'>): Gateway {
  return {
    hearsKeys: false,
    async send({ id, at, realm, channel, to, text }) {
      const subject = channel === 'sms' ? 'Text message' : 'Telephone call';
      await outbox.put({ id, at, realm, channel, to: to.number, subject, text });
      return { ok: true };
    },
  };
}
