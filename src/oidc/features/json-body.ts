import type { IncomingMessage } from 'node:http';
import { GatehouseError } from '../../kernel/index.ts';

const longest = 56 * 1024;

export type JsonBody =
  | { readonly ok: true; readonly value: Readonly<Record<string, unknown>> }
  | { readonly ok: false };

/** A JSON object. Throws `too_large` beyond 56 KiB. */
export async function readJson(request: IncomingMessage): Promise<JsonBody> {
  if (!/^application\/json\s*(;|$)/i.test(request.headers['content-type'] ?? '')) return { ok: false };
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > longest) throw new GatehouseError('too_large', 'oidc: a JSON body is too long');
    chunks.push(chunk);
  }
  try {
    const value: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8'));
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return { ok: false };
    return { ok: true, value: value as Readonly<Record<string, unknown>> };
  } catch {
    return { ok: false };
  }
}
