import { redirectUri, resource, resourceScope, scope } from './target.ts';

export const realmId = 'bench';
export const portalId = 'portal';
export const machineIds = { ES256: 'machine-es256', RS256: 'machine-rs256' } as const;

const machine = (idTokenAlg: keyof typeof machineIds) => ({
  clientId: machineIds[idTokenAlg],
  name: `Machine ${idTokenAlg}`,
  kind: 'machine',
  scopes: [resourceScope],
  resources: [resource],
  idTokenAlg,
});

/** The realm file of the bench: a password and a code for everybody, no consent page, machines for one resource. */
export const realmFile = JSON.stringify({
  realm: realmId,
  name: 'Bench',
  resources: [{ id: resource, name: 'API', scopes: [resourceScope] }],
  policy: { secondFactor: 'required', methods: ['totp'] },
  portals: [
    { clientId: portalId, name: 'Portal', redirectUris: [redirectUri], scopes: scope.split(' ') },
    machine('ES256'),
    machine('RS256'),
  ],
});
