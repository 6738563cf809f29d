import type { IncomingMessage } from 'node:http';
import { Provider } from 'oidc-provider';

/** Throws `too_many` when people who have proven nothing made us store too much from there. */
export type AdmitStranger = (address: string) => Promise<void>;

/** On the request itself, see `http/request-context.ts`. */
const clientAddress = Symbol('clientAddress');
type Message = IncomingMessage & { [clientAddress]?: string };

/** `address`: the client's, as judged by who knows the proxies. */
export function arrivedFrom(request: IncomingMessage, address: string): void {
  (request as Message)[clientAddress] = address;
}

export const addressOf = (request: IncomingMessage): string =>
  (request as Message)[clientAddress] ?? request.socket.remoteAddress ?? '';

interface Stored {
  /** Absent until it is stored. */
  readonly exp?: number;
  save(ttlS?: number): Promise<unknown>;
}

/**
 * Asks before anything is stored for somebody who has proven nothing yet: an interaction, and what a portal without
 * credentials pushes. By then the request was judged: one for an unknown portal stores nothing anyway.
 */
export function limitStrangers(provider: Provider, admit: AdmitStranger): void {
  for (const name of ['Interaction', 'PushedAuthorizationRequest', 'DeviceCode'] as const) {
    const { prototype } = provider[name] as unknown as { readonly prototype: Stored };
    const { save } = prototype;
    Object.assign(prototype, {
      async save(this: Stored, ttlS?: number) {
        const { ctx } = Provider;
        const isKnown = name !== 'Interaction' && ctx?.oidc.client?.clientAuthMethod !== 'none';
        if (ctx !== undefined && this.exp === undefined && !isKnown) await admit(addressOf(ctx.req));
        return save.call(this, ttlS);
      },
    });
  }
}
