import type { KoaContextWithOIDC } from 'oidc-provider';

/** Who is told that a key exists asks again within a quarter of the time until it signs, and this often in any case. */
const longestS = 15 * 60;

/** How long verifiers may keep a key set: `aheadS` seconds pass from the publication of a key until it signs. */
function keySetMaxAgeS(aheadS: number): number {
  return Math.min(longestS, Math.floor(aheadS / 4));
}

/** Says so with the key set. To be called when the response is made. */
export function allowKeySetCaching(ctx: KoaContextWithOIDC, aheadS: number): void {
  if (ctx.oidc.route === 'jwks' && ctx.status === 200)
    ctx.set('Cache-Control', `public, max-age=${keySetMaxAgeS(aheadS)}`);
}
