import type { IncomingMessage } from 'node:http';
import type { Form } from '../factors/index.ts';
import { GatehouseError } from '../kernel/index.ts';

const bodyBytesAtMost = 64 * 1024;
const fieldsAtMost = 100;
/** UTF-16 units of one value. */
const valueLengthAtMost = 2048;
/** Read and thrown away beyond the limit, so that an honest client gets to read our answer. */
const discardedBytesAtMost = 1024 * 1024;

/** Reads a posted form: urlencoded only. Throws `bad_request` or `too_large`. */
export async function readForm(request: IncomingMessage): Promise<Form> {
  const [type = ''] = (request.headers['content-type'] ?? '').split(';');
  if (type.trim().toLowerCase() !== 'application/x-www-form-urlencoded') {
    throw new GatehouseError('bad_request', 'the form is not urlencoded');
  }
  if ((request.headers['content-encoding'] ?? 'identity') !== 'identity') {
    throw new GatehouseError('bad_request', 'the form is compressed');
  }
  return parseForm(await readBody(request));
}

function readBody(request: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    request.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length <= bodyBytesAtMost) chunks.push(chunk);
      else {
        reject(new GatehouseError('too_large', `the form is larger than ${bodyBytesAtMost} bytes`));
        // Not hung up on: the answer is still being made. The limits of the server cut off who sends on and on.
        if (length > discardedBytesAtMost) request.pause();
      }
    });
    request.on('end', () => {
      try {
        // In fatal mode, so that two byte sequences never become one text.
        resolve(new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks)));
      } catch {
        reject(new GatehouseError('bad_request', 'the form is not UTF-8'));
      }
    });
    request.on('error', (cause) => reject(new GatehouseError('bad_request', 'the form was cut off', { cause })));
    request.on('close', () => reject(new GatehouseError('bad_request', 'the form was cut off')));
  });
}

/**
 * Field name → value. A field given twice is refused, as are names that are no plain words (`a[b]`, `$ne`, `a.b`,
 * `__proto__`): nothing behind this can meet an array, an object or an operator.
 */
export function parseForm(body: string): Form {
  const form: Record<string, string> = Object.create(null);
  const pairs = body === '' ? [] : body.split('&');
  if (pairs.length > fieldsAtMost) throw new GatehouseError('bad_request', `more than ${fieldsAtMost} fields`);
  for (const pair of pairs) {
    const equals = pair.indexOf('=');
    const name = decode(equals === -1 ? pair : pair.slice(0, equals));
    const value = equals === -1 ? '' : decode(pair.slice(equals + 1));
    if (!/^[A-Za-z][A-Za-z0-9_-]{0,63}$/.test(name) || name in Object.prototype) {
      throw new GatehouseError('bad_request', 'a field name is not allowed');
    }
    if (name in form) throw new GatehouseError('bad_request', `the field ${name} is given twice`);
    if (value.length > valueLengthAtMost) throw new GatehouseError('bad_request', `the field ${name} is too long`);
    if (value.includes('\0')) throw new GatehouseError('bad_request', `the field ${name} holds NUL`);
    form[name] = value;
  }
  return form;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw new GatehouseError('bad_request', 'the form is not encoded properly');
  }
}
