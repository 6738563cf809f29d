import { z } from 'zod';
import type { Lane } from './lane.ts';
import { discoveryPath } from './target.ts';

/** What the provider says it has. */
export interface Endpoints {
  readonly discovery: URL;
  readonly authorization: URL;
  readonly token: URL;
  readonly userinfo: URL;
  readonly introspection: URL | undefined;
  readonly grantTypes: readonly string[];
}

const shape = z.object({
  authorization_endpoint: z.string(),
  token_endpoint: z.string(),
  userinfo_endpoint: z.string(),
  introspection_endpoint: z.string().optional(),
  grant_types_supported: z.array(z.string()),
});

export async function discover(lane: Lane, issuer: string): Promise<Endpoints> {
  const discovery = new URL(discoveryPath(issuer), issuer);
  const { status, body } = await lane.ask(discovery);
  if (status !== 200) throw new Error(`discovery: ${status}`);
  const found = shape.parse(JSON.parse(body));
  return {
    discovery,
    authorization: new URL(found.authorization_endpoint),
    token: new URL(found.token_endpoint),
    userinfo: new URL(found.userinfo_endpoint),
    introspection: found.introspection_endpoint === undefined ? undefined : new URL(found.introspection_endpoint),
    grantTypes: found.grant_types_supported,
  };
}
