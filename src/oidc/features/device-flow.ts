import type { IncomingMessage } from 'node:http';
import type { Configuration, KoaContextWithOIDC, Provider, Session } from 'oidc-provider';
import type { Portal } from '../../realm/index.ts';
import { DeviceAnswered } from '../adapter.ts';
import { leave } from '../answers.ts';
import type { DeviceFault } from '../page-models.ts';

type Feature = NonNullable<NonNullable<Configuration['features']>['deviceFlow']>;

/** What to say of a code, by the name of oidc-provider's error. */
const faults: Readonly<Partial<Record<string, DeviceFault>>> = {
  NoCodeError: 'unknown',
  NotFoundError: 'unknown',
  ExpiredError: 'expired',
  AlreadyUsedError: 'used',
};

/**
 * Device authorization (RFC 8628). People type the code and confirm it on our pages (`device-pages.ts`); what comes after
 * is an authorization request like any other, through the same dispatcher.
 */
export function deviceFlowFeature(isUsed: boolean, portalOf: (clientId: string) => Portal | undefined): Feature {
  return {
    enabled: isUsed,
    // 20 letters without vowels, so that no words arise, and without digits that look like letters (§6.1): 2.6e10 codes.
    charset: 'base-20',
    mask: '****-****',
    // Kept by nobody who does not need it.
    deviceInfo: () => ({}),
    userCodeInputSource(ctx, _form, out, error) {
      if (error?.name === 'AbortedError')
        return leave(ctx, { kind: 'device_done', model: { outcome: 'declined', portal: undefined } });
      const why = error instanceof DeviceAnswered ? 'used' : faults[error?.name ?? 'NoCodeError'];
      if (why !== undefined || error === undefined) return leave(ctx, { kind: 'device_code', why: why ?? 'unknown' });
      const { error: code = 'server_error', error_description: description } = out ?? {};
      leave(ctx, { kind: 'error', error: code, description, cause: error });
    },
    userCodeConfirmSource: (ctx) => leave(ctx, { kind: 'not_found' }),
    successSource(ctx: KoaContextWithOIDC) {
      const portal = portalOf(ctx.oidc.client?.clientId ?? '');
      leave(ctx, { kind: 'device_done', model: { outcome: 'allowed', portal: portal?.name } });
    },
  };
}

const vouched = new WeakMap<IncomingMessage, string>();

/** Says that this request comes from a form of ours whose own CSRF token was checked. `secret`: its field `xsrf`. */
export function vouchFor(request: IncomingMessage, secret: string): void {
  vouched.set(request, secret);
}

/** oidc-provider looks for the secret of its own form in the session; nobody who only types a code has one. */
export function acceptVouched(provider: Provider): void {
  const { Session } = provider as unknown as {
    readonly Session: { get(ctx: { readonly req: IncomingMessage }): Promise<Session> };
  };
  const get = Session.get.bind(Session);
  Object.assign(Session, {
    async get(ctx: { readonly req: IncomingMessage }) {
      const session = await get(ctx);
      const secret = vouched.get(ctx.req);
      if (secret !== undefined) session.state = { secret };
      return session;
    },
  });
}
