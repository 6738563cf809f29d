import { IncomingMessage } from 'node:http';
import type { DeviceCode } from 'oidc-provider';
import type { RealmContext, Route } from '../../http/index.ts';
import { type Clock, digest, GatehouseError, randomToken } from '../../kernel/index.ts';
import { artifactId } from '../adapter.ts';
import { isGrantUsed } from '../clients.ts';
import type { Artifact, Artifacts } from '../collections.ts';
import type { DeviceCodeModel, DeviceConfirmModel, DeviceDoneModel, DeviceFault } from '../page-models.ts';
import type { Providers, RealmProvider } from '../providers.ts';
import { vouchFor } from './device-flow.ts';

/** Judges within the limit of wrong guesses from one address range. Throws `too_many` beyond it. */
export type WithinAddressLimit = <T>(
  address: string,
  judge: () => Promise<T>,
  isWrong: (outcome: T) => boolean,
) => Promise<T>;

export interface DevicePagesParts {
  readonly providers: Providers;
  readonly artifacts: Pick<Artifacts, 'DeviceCode'>;
  readonly clock: Clock;
  readonly withinAddressLimit: WithinAddressLimit;
  /** Hands a request to the realm's provider and answers it. */
  readonly answer: (context: RealmContext, request: IncomingMessage) => Promise<void>;
}

type Typed = { readonly code: DeviceCode } | { readonly why: DeviceFault };

/**
 * Where people type the code that a device shows, see what it is for, and go on to sign in (RFC 8628 §3.3). Looking a code
 * up needs our form and counts against the address; the page behind it has an address that nobody can guess, so that it
 * can be loaded again. A link with the code in it (§3.3.1) fills the field and no more: the person still has to compare.
 */
export function devicePages(parts: DevicePagesParts): readonly Route[] {
  const { providers, artifacts, clock, withinAddressLimit, answer } = parts;

  async function realmOf(context: RealmContext): Promise<RealmProvider> {
    const made = await providers.of(context.realm.id);
    if (made === undefined || !isGrantUsed(made.portals, 'device_code'))
      throw new GatehouseError('not_found', 'oidc: no portal of this realm knows devices');
    return made;
  }

  async function lookUp({ provider }: RealmProvider, userCode: string): Promise<Typed> {
    if (userCode === '') return { why: 'unknown' };
    const code = await provider.DeviceCode.findByUserCode(userCode, { ignoreExpiration: true });
    if (code === undefined) return { why: 'unknown' };
    if (code.isExpired) return { why: 'expired' };
    return isOpen(code) ? { code } : { why: 'used' };
  }

  /** By the hash of its device code, for whoever knows what the device shows. */
  async function find({ realm, params }: RealmContext, userCode: string): Promise<Artifact['payload'] | undefined> {
    const doc = await artifacts.DeviceCode.get(`${realm.id}/${params['code'] ?? ''}`);
    if (doc === undefined || doc.consumedAt !== undefined) return undefined;
    if (doc.userCode !== artifactId(realm.id, userCode)) return undefined;
    const { payload } = doc;
    return Number(payload['exp']) * 1000 > clock.now().getTime() && isOpen(payload) ? payload : undefined;
  }

  return [
    {
      method: 'GET',
      path: '/device',
      async handle(context) {
        await realmOf(context);
        const { user_code: given } = context.koa.query;
        await showCodePage(context, typeof given === 'string' ? given : '');
      },
    },
    {
      method: 'POST',
      path: '/device',
      async handle(context) {
        const made = await realmOf(context);
        const { user_code: given = '' } = await context.form();
        const isWrong = (typed: Typed) => 'why' in typed && given !== '';
        const typed = await withinAddressLimit(context.address, () => lookUp(made, normalise(given)), isWrong);
        if ('why' in typed) return showCodePage(context, given, typed.why);
        const query = new URLSearchParams({ user_code: normalise(given) }).toString();
        context.redirect(`/device/confirm/${digest(typed.code.jti)}?${query}`);
      },
    },
    {
      method: 'GET',
      path: '/device/confirm/:code',
      async handle(context) {
        const made = await realmOf(context);
        const { user_code: given } = context.koa.query;
        const userCode = normalise(typeof given === 'string' ? given : '');
        const code = await find(context, userCode);
        const portal = made.portalOf(String(code?.['clientId']));
        if (code === undefined || portal === undefined) return showCodePage(context, '', 'expired');
        const model: DeviceConfirmModel = {
          action: `/device/confirm/${context.params['code'] ?? ''}`,
          userCode: inTwoHalves(userCode),
          portal: portal.name,
        };
        await context.render({
          view: 'sign-in/device-confirm',
          step: 'device-confirm',
          titleKey: 'sign-in.device-confirm.title',
          model: { ...model },
        });
      },
    },
    {
      method: 'POST',
      path: '/device/confirm/:code',
      async handle(context) {
        const made = await realmOf(context);
        const form = await context.form();
        const userCode = normalise(form['user_code'] ?? '');
        if ((await find(context, userCode)) === undefined) return showCodePage(context, '', 'used');
        const decision = form['answer'] === 'allow' ? { confirm: 'yes' } : { abort: 'yes' };
        await answer(context, confirmation(context, made, { user_code: userCode, ...decision }));
      },
    },
  ];
}

export async function showDeviceDone(context: RealmContext, model: DeviceDoneModel): Promise<void> {
  await context.render({
    view: 'sign-in/device-done',
    step: 'device-done',
    titleKey: model.outcome === 'allowed' ? 'sign-in.device-done.title' : 'sign-in.device-done.title-declined',
    model: { ...model },
  });
}

export async function showCodePage(context: RealmContext, userCode: string, why?: DeviceFault): Promise<void> {
  const model: DeviceCodeModel = { action: '/device' };
  await context.render({
    view: 'sign-in/device-code',
    step: 'device-code',
    titleKey: 'sign-in.device-code.title',
    model: { ...model },
    values: { user_code: userCode.slice(0, 32) },
    ...(why === undefined ? {} : { faults: { user_code: { key: `sign-in.device-code.${why}` } }, status: 422 }),
  });
}

const isOpen = (code: { readonly accountId?: unknown; readonly error?: unknown; readonly inFlight?: unknown }) =>
  code.accountId === undefined && code.error === undefined && code.inFlight !== true;

/** As oidc-provider does: blanks, dashes and the case do not count. */
export function normalise(userCode: string): string {
  return userCode
    .slice(0, 64)
    .replace(/[a-z]/g, (letter) => letter.toUpperCase())
    .replace(/\W/g, '');
}

const inTwoHalves = (userCode: string) => `${userCode.slice(0, 4)}-${userCode.slice(4)}`;

/** oidc-provider's own form, as if this browser had posted it: ours was judged by our rules. */
function confirmation(
  { koa }: RealmContext,
  { basePath }: RealmProvider,
  fields: Readonly<Record<string, string>>,
): IncomingMessage {
  const xsrf = randomToken();
  const body = new URLSearchParams({ ...fields, xsrf }).toString();
  const request = new IncomingMessage(koa.req.socket);
  request.method = 'POST';
  request.url = '/device';
  request.headers = {
    ...koa.req.headers,
    'content-type': 'application/x-www-form-urlencoded',
    'content-length': String(Buffer.byteLength(body)),
  };
  Object.assign(request, { originalUrl: `${basePath}/device` });
  // Otherwise it would count as cut off, and take the connection with it.
  request.complete = true;
  request.push(body);
  request.push(null);
  vouchFor(request, xsrf);
  return request;
}
