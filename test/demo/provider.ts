import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Configuration, Provider } from 'oidc-provider';

export interface Listening {
  readonly origin: string;
  answer(handler: (request: IncomingMessage, response: ServerResponse) => Promise<void>): void;
  close(): Promise<void>;
}

/** Listens on a free port of 127.0.0.1 before anybody answers, so that an origin can be known first. */
export async function listen(): Promise<Listening> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const answer: Listening['answer'] = (handler) => {
    server.on('request', (request, response) => void handler(request, response));
  };
  const close = () =>
    new Promise<void>((resolve) => {
      server.closeAllConnections();
      server.close(() => resolve());
    });
  return { answer, origin: `http://localhost:${(server.address() as AddressInfo).port}`, close };
}

/** A provider with the pages that oidc-provider brings for trying out: whoever types a name is that person. */
export function aProvider(issuer: string, demoOrigin: string): Provider {
  const client = (id: string) => ({
    client_id: id,
    client_secret: `secret of ${id}`,
    redirect_uris: [`${demoOrigin}/${id}/callback`],
    post_logout_redirect_uris: [`${demoOrigin}/${id}`],
    grant_types: ['authorization_code', 'refresh_token'],
  });
  const configuration: Configuration = {
    clients: [client('web1-mail'), client('plain-notes')],
    claims: { openid: ['sub', 'acr', 'amr', 'auth_time'], profile: ['name'], email: ['email'] },
    findAccount: (_context, sub) => ({
      accountId: sub,
      claims: async () => ({ sub, name: `<b>${sub}</b>`, email: `${sub}@example.test` }),
    }),
    issueRefreshToken: async () => true,
    cookies: { keys: ['only for this test'] },
    ttl: {
      AccessToken: 600,
      AuthorizationCode: 60,
      IdToken: 600,
      RefreshToken: 600,
      Interaction: 600,
      Session: 600,
      Grant: 600,
    },
  };
  return new Provider(issuer, configuration);
}
