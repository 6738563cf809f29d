import { redirectUri, scope } from './target.ts';

export const realmId = 'bench';
export const portalId = 'portal';
export const machineId = 'machine';

/** The realm file of the bench: a password and a code for everybody, no consent page, an own machine client. */
export const realmFile = JSON.stringify({
  realm: realmId,
  name: 'Bench',
  policy: { secondFactor: 'required', methods: ['totp'] },
  portals: [
    { clientId: portalId, name: 'Portal', redirectUris: [redirectUri], scopes: scope.split(' ') },
    { clientId: machineId, name: 'Machine', kind: 'machine' },
  ],
});
