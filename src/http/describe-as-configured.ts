import type { IncomingMessage } from 'node:http';
import type { Site } from './site.ts';

/**
 * The provider makes addresses from what the request says of itself, so it is told what is configured: forwarding
 * headers of the client are replaced by ours (the provider trusts its proxy: us), and `originalUrl` names the mount.
 */
export function describeAsConfigured(
  request: IncomingMessage & { originalUrl?: string; baseUrl?: string },
  site: Site,
  address: string,
): void {
  const { headers } = request;
  const ours: Readonly<Record<string, string>> = {
    'x-forwarded-host': site.host,
    'x-forwarded-proto': site.isHttps ? 'https' : 'http',
    'x-forwarded-for': address,
  };
  for (const name of Object.keys(headers)) {
    if (name === 'forwarded' || (name.startsWith('x-forwarded-') && !(name in ours))) delete headers[name];
  }
  Object.assign(headers, ours, { host: site.host });
  const url = request.originalUrl ?? request.url ?? '/';
  request.originalUrl = url;
  request.baseUrl = site.base;
  request.url = url.slice(site.base.length);
}
