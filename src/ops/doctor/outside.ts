import { type Config, isLoopbackHost } from '../../config/index.ts';
import { greetMailServer } from '../../messaging/index.ts';
import type { Realm } from '../../realm/index.ts';
import { type Finding, fault, note, ok, warning } from './finding.ts';
import { reasonOf } from './reason.ts';

const patienceMs = 5_000;

export async function checkMail({ mailUrl, mailFrom }: Pick<Config, 'mailUrl' | 'mailFrom'>): Promise<Finding> {
  if (mailUrl === undefined) return note('mail', 'No mail server is set: mails are shown at /dev/outbox.');
  const greeted = await greetMailServer(mailUrl, mailFrom, patienceMs);
  if (!greeted.ok) {
    const todo = 'Check GATEHOUSE_MAIL_URL: address, port, user and password.';
    return fault('mail', `The mail server does not take us: ${greeted.reply}.`, todo);
  }
  const login = greeted.isLoggedIn ? 'logged in' : 'no login';
  if (greeted.isEncrypted || isLoopbackHost(new URL(mailUrl).hostname)) {
    return ok('mail', `The mail server answers (${greeted.isEncrypted ? 'encrypted' : 'on this machine'}, ${login}).`);
  }
  const todo = 'Use smtps://, or a server that offers STARTTLS.';
  return warning('mail', 'Mails go to the mail server in clear, and with them links and codes.', todo);
}

export function checkProxies({ mode, trustProxy, host }: Pick<Config, 'mode' | 'trustProxy' | 'host'>): Finding[] {
  const wide = (trustProxy ?? []).filter((network) => network.endsWith('/0'));
  if (wide.length > 0) {
    const says = `GATEHOUSE_TRUST_PROXY names the whole internet (${wide.join(', ')}): anybody may say who they are.`;
    return [fault('proxies', says, 'Name the proxies, or the network they alone are in.')];
  }
  if (mode === 'development') return [ok('proxies', 'Development answers this machine only.')];
  if (trustProxy === undefined || trustProxy.length === 0) {
    const says =
      'No proxy is named, and https ends at one: all people seem to come from its address, and share its limits.';
    return [warning('proxies', says, 'Set GATEHOUSE_TRUST_PROXY to the address of the proxy.')];
  }
  if (host === '0.0.0.0' || host === '::') {
    return [
      ok('proxies', `X-Forwarded-For counts from ${trustProxy.join(', ')}.`),
      note('proxies', 'It listens on every interface: let only the proxies reach the port.'),
    ];
  }
  return [ok('proxies', `X-Forwarded-For counts from ${trustProxy.join(', ')}.`)];
}

export function checkRealms(mode: Config['mode'], realms: readonly Realm[] | undefined): Finding[] {
  if (realms === undefined) return [];
  if (realms.length === 0) {
    return [warning('realms', 'There is no realm yet.', 'Put a file into GATEHOUSE_REALMS, or apply one.')];
  }
  const shared = realms.filter((realm) => realm.origin === undefined).map(({ id }) => id);
  if (mode === 'production' && shared.length > 1) {
    const says = `Realms ${shared.join(', ')} share one origin: a script that gets into one reaches the others.`;
    return [warning('realms', says, 'Give each an origin of its own ("origin" in its file), or accept it knowingly.')];
  }
  return [ok('realms', `${realms.length} ${realms.length === 1 ? 'realm' : 'realms'}.`)];
}

/** Whether people can reach us where we say we are. */
export async function checkAddress({ origin }: Pick<Config, 'origin'>): Promise<Finding> {
  const todo = 'Start the server; then check DNS, the certificate and the proxy. From here it may also be unreachable.';
  try {
    const signal = AbortSignal.timeout(patienceMs);
    const answer = await fetch(`${origin}/healthz`, { redirect: 'manual', signal });
    const text = (await answer.text()).slice(0, 100);
    if (answer.status === 200 && text.includes('"ok"')) return ok('address', `${origin} is answered by Gatehouse.`);
    return warning('address', `${origin}/healthz is answered by something else (${answer.status}).`, todo);
  } catch (error) {
    return warning('address', `${origin} does not answer: ${reasonOf(error)}.`, todo);
  }
}
