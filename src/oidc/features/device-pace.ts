import type { KoaContextWithOIDC } from 'oidc-provider';
import { type Clock, digest } from '../../kernel/index.ts';

/** Seconds between two polls, told to devices in `interval`; each `slow_down` adds as many. RFC 8628 §3.2, §3.5. */
export const pollIntervalS = 5;

/** Devices whose pace is known at a time, in one process: the ones that asked last. */
const remembered = 10_000;

const grantType = 'urn:ietf:params:oauth:grant-type:device_code';

/**
 * Middleware of a provider: says at which pace to ask, and `slow_down` instead of `authorization_pending` to who asks
 * faster. Counted per process: several processes together allow as many times the pace, never less.
 */
export function keepDevicePace(clock: Clock): (ctx: KoaContextWithOIDC, next: () => Promise<void>) => Promise<void> {
  const paces = new Map<string, { readonly askedAt: number; readonly intervalS: number }>();

  return async (ctx, next) => {
    await next();
    // Of addresses that are none of the provider's it knows nothing.
    if ((ctx.oidc as KoaContextWithOIDC['oidc'] | undefined) === undefined) return;
    const body = ctx.body as Record<string, unknown> | undefined;
    if (ctx.oidc.route === 'device_authorization' && typeof body?.['device_code'] === 'string') {
      ctx.body = { ...body, interval: pollIntervalS };
      return;
    }
    const { grant_type: grant, device_code: code } = ctx.oidc.params ?? {};
    if (grant !== grantType || typeof code !== 'string' || body?.['error'] !== 'authorization_pending') return;
    const key = digest(code);
    const now = clock.now().getTime();
    const before = paces.get(key);
    const isTooFast = before !== undefined && now < before.askedAt + before.intervalS * 1000;
    const intervalS = (before?.intervalS ?? pollIntervalS) + (isTooFast ? pollIntervalS : 0);
    // Set anew, so that the map's order is that of asking.
    paces.delete(key);
    paces.set(key, { askedAt: now, intervalS });
    const oldest = paces.size > remembered ? paces.keys().next().value : undefined;
    if (oldest !== undefined) paces.delete(oldest);
    if (isTooFast) ctx.body = { error: 'slow_down', error_description: `ask every ${intervalS} seconds` };
  };
}
