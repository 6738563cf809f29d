import type { Client, Provider } from 'oidc-provider';
import type { LogoutNotices } from './logout-notices.ts';

type Tell = (this: Client, sub: string, sid: string | undefined) => Promise<void>;

const senders = new WeakMap<object, Tell>();

/**
 * Back-Channel Logout 1.0. oidc-provider tells portals while the person waits, once; here it writes down that they must
 * be told, and `logout-delivery.ts` tells them with a token signed then.
 */
export function queueLogoutNotices(provider: Provider, realm: string, notices: Pick<LogoutNotices, 'put'>): void {
  const prototype = provider.Client.prototype as unknown as { backchannelLogout: Tell };
  senders.set(prototype, prototype.backchannelLogout);
  const put: Tell = async function put(this: Client, sub, sid) {
    if (sid !== undefined) await notices.put({ realm, clientId: this.clientId, sub, sid });
  };
  Object.assign(prototype, { backchannelLogout: put });
}

/** Signs the logout token (§2.4) and posts it (§2.5). Throws unless the portal answers 200 or 204. */
export async function sendLogoutToken(client: Client, sub: string, sid: string): Promise<void> {
  const send = senders.get(Object.getPrototypeOf(client) as object);
  if (send === undefined) throw new Error('oidc: a client of no realm');
  await send.call(client, sub, sid);
}
