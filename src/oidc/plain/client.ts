import type { IncomingHttpHeaders } from 'node:http';
import { authenticationOf, type Portal, requiresDpop } from '../../realm/index.ts';
import { isSecretOf } from '../clients.ts';
import type { Form } from './form.ts';

const basic = /^Basic ([A-Za-z0-9+/]{4,2048}={0,2})$/;
const visible = /^[\x20-\x7e]+$/;

/** What a plain portal's own server never sends: from a script, with a proof or an attestation. */
const particular = ['origin', 'dpop', 'oauth-client-attestation', 'oauth-client-attestation-pop'] as const;

/**
 * The portal that proved itself by its secret, in the header or in the form (RFC 6749 §2.3.1), and is bound to nothing
 * else. Undefined for any other, and in any doubt.
 */
export function portalBehind(
  form: Form,
  headers: IncomingHttpHeaders,
  portalOf: (clientId: string) => Portal | undefined,
  now: Date,
): Portal | undefined {
  if (particular.some((name) => headers[name] !== undefined)) return undefined;
  const shown = headers.authorization === undefined ? inForm(form) : inHeader(headers.authorization, form);
  const portal = shown && portalOf(shown.clientId);
  if (shown === undefined || portal?.enabled !== true || portal.profile !== undefined) return undefined;
  if (authenticationOf(portal) !== 'secret' || requiresDpop(portal)) return undefined;
  return isSecretOf(portal, shown.secret, now) ? portal : undefined;
}

interface Shown {
  readonly clientId: string;
  readonly secret: string;
}

function inForm({ client_id: clientId, client_secret: secret }: Form): Shown | undefined {
  return clientId === undefined || secret === undefined ? undefined : { clientId, secret };
}

function inHeader(authorization: string, form: Form): Shown | undefined {
  const encoded = basic.exec(authorization)?.[1];
  // Buffer passes over wrong padding, which the provider refuses.
  if (encoded === undefined || encoded.length % 4 !== 0 || form['client_secret'] !== undefined) return undefined;
  const pair = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = pair.indexOf(':');
  const clientId = decoded(pair.slice(0, Math.max(0, colon)));
  const secret = decoded(pair.slice(colon + 1));
  if (colon < 0 || clientId === undefined || secret === undefined) return undefined;
  return (form['client_id'] ?? clientId) === clientId ? { clientId, secret } : undefined;
}

function decoded(part: string): string | undefined {
  try {
    const value = decodeURIComponent(part.replaceAll('+', '%20'));
    return visible.test(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
