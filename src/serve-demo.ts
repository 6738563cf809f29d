import type { Logger } from 'pino';
import { createDemo, type DemoPortal } from '../demo/index.ts';
import type { App } from './app.ts';
import { type RunningServer, startServer } from './ops/index.ts';
import { secretsOf } from './realm/index.ts';

/** Serves a demo portal for every portal whose front door is on the demo's origin. */
export async function startDemo(given: {
  readonly app: Pick<App, 'realms'>;
  readonly host: string;
  readonly port: number;
  readonly demoOrigin: string;
  readonly log: Logger;
}): Promise<RunningServer> {
  const { app, host, port, demoOrigin, log } = given;
  const handler = createDemo({ demoOrigin, portals: await demoPortals(app, demoOrigin), log }).callback();
  return await startServer({ handler, host, port });
}

async function demoPortals({ realms }: Pick<App, 'realms'>, demoOrigin: string): Promise<readonly DemoPortal[]> {
  const portals: DemoPortal[] = [];
  for (const realm of await realms.list()) {
    for (const portal of await realms.portals(realm.id)) {
      if (!portal.enabled || portal.homeUrl !== `${demoOrigin}/${portal.clientId}`) continue;
      const secret = secretsOf(portal)[0]?.secret;
      portals.push({
        id: portal.clientId,
        name: portal.name,
        realm: realm.id,
        issuer: realms.issuerOf(realm),
        clientId: portal.clientId,
        scopes: portal.scopes,
        ...(secret === undefined ? {} : { clientSecret: secret }),
      });
    }
  }
  return portals;
}
