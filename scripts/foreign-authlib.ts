/**
 * A portal on Authlib, the OpenID Connect client of Python (test/foreign/authlib/portal.py), with a web server of its
 * own on 127.0.0.1.
 */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ForeignProcess, startForeign } from './foreign-process.ts';
import { hasPython, pythonNeeded, pythonPrograms } from './python-for-tests.ts';

const requirements = ['Authlib==1.9.9', 'Flask==3.1.3', 'requests==2.34.2'];
const portal = fileURLToPath(new URL('../test/foreign/authlib/portal.py', import.meta.url));

export const authlib = { needs: pythonNeeded, isHere: hasPython };

/** Of what `gatehouse portal add --json` prints. */
export interface PortalFacts {
  readonly discoveryUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly scopes: readonly string[];
}

/** Throws when it cannot be installed or does not listen. */
export async function startAuthlib(port: number, facts: PortalFacts): Promise<ForeignProcess> {
  if (!authlib.isHere()) throw new Error(`Authlib needs ${authlib.needs}`);
  return startForeign({
    program: join(await pythonPrograms(requirements), 'python3'),
    args: [portal],
    env: {
      PORTAL_PORT: String(port),
      PORTAL_DISCOVERY_URL: facts.discoveryUrl,
      PORTAL_CLIENT_ID: facts.clientId,
      PORTAL_CLIENT_SECRET: facts.clientSecret,
      PORTAL_SCOPE: facts.scopes.join(' '),
      PYTHONDONTWRITEBYTECODE: '1',
    },
    serves: /^serving$/m,
  });
}
