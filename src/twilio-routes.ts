import type { IncomingMessage } from 'node:http';
import type { SiteContext, SiteRoute } from './http/index.ts';
import { GatehouseError } from './kernel/index.ts';
import type { JudgeTwilioCallback, TwilioTopic } from './messaging/index.ts';

const bodyBytesAtMost = 64 * 1024;

/** `/webhooks/twilio/…`: Twilio posts forms, and is known by its signature instead of a cookie. */
export function twilioRoutes(judge: JudgeTwilioCallback): readonly SiteRoute[] {
  const route = (topic: TwilioTopic): SiteRoute => ({
    method: 'POST',
    path: `/webhooks/twilio/${topic}/:id`,
    async handle({ koa, params }: SiteContext) {
      const answered = await judge({
        topic,
        id: params['id'] ?? '',
        pathAndQuery: koa.originalUrl,
        signature: koa.get('X-Twilio-Signature'),
        params: readForm(await readBody(koa.req)),
      });
      // The same for a wrong signature and for none: nothing is confirmed to strangers.
      if (answered === undefined) throw new GatehouseError('forbidden', 'a callback that Twilio did not sign');
      koa.set('Cache-Control', 'no-store');
      koa.status = answered.xml === undefined ? 204 : 200;
      if (answered.xml === undefined) return;
      koa.type = 'text/xml; charset=utf-8';
      koa.body = answered.xml;
    },
  });
  return [route('status'), route('voice')];
}

/** Twilio gives no field twice in these. */
function readForm(body: string): Readonly<Record<string, string>> {
  return Object.assign(Object.create(null), Object.fromEntries(new URLSearchParams(body)));
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > bodyBytesAtMost) throw new GatehouseError('too_large', 'a callback of more than 64 KiB');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
