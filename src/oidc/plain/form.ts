import type { IncomingMessage } from 'node:http';
import { parse } from 'node:querystring';

export type Form = Readonly<Partial<Record<string, string>>>;

/** What a plain request has to say fits in well. */
const formLimit = 4 * 1024;
const formType = /^application\/x-www-form-urlencoded(?:; ?charset=utf-8)?$/i;

/**
 * The form of a small POST of this path itself, each field once and none empty. The request is left as it came: whoever
 * is asked next reads it again. Undefined for every other.
 */
export async function formOf(request: IncomingMessage): Promise<Form | undefined> {
  const { method, headers, url } = request;
  const length = Number(headers['content-length']);
  if (method !== 'POST' || url?.includes('?') === true || !(length > 0 && length <= formLimit)) return undefined;
  if (!formType.test(headers['content-type'] ?? '') || headers['content-encoding'] !== undefined) return undefined;
  // One that was broken off before says nothing any more.
  if (request.readableLength < length && !request.destroyed) await someMore(request);
  if (request.readableLength !== length) return undefined;
  const body: unknown = request.read();
  if (!Buffer.isBuffer(body)) return undefined;
  request.unshift(body);
  const form = parse(body.toString());
  return Object.values(form).every((value) => typeof value === 'string' && value !== '') ? (form as Form) : undefined;
}

/** Until more of it is there, or it ended before. */
function someMore(request: IncomingMessage): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      request.off('readable', done).off('close', done);
      resolve();
    };
    request.on('readable', done).on('close', done);
  });
}
