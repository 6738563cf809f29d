import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { stringify } from 'yaml';
import {
  authenticationOf,
  grantsOf,
  idTokenAlgOf,
  readRealmFile,
  requiresDpop,
  requiresPar,
} from '../../src/realm/index.ts';

const publicJwk = (key: KeyObject) => key.export({ format: 'jwk' });
const p256 = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const key = publicJwk(p256.publicKey);
const jwks = { keys: [{ ...key, kid: 'one' }] };
const orders = { id: 'https://api.example.com/orders', name: 'Orders', scopes: ['orders:read', 'orders:write'] };

/** The faults of a realm file with this portal, or with what a portal needs where `portal` does not say. */
function faultsOf(portal: object, realm: object = {}): readonly string[] {
  const whole = { clientId: 'crm', name: 'CRM', redirectUris: ['https://crm.example.com/cb'], ...portal };
  const text = stringify({ realm: 'shop', name: 'Shop', ...realm, portals: [whole] });
  const read = readRealmFile(text, 'shop.yaml');
  return read.ok ? [] : read.faults.map(({ path, message }) => `${path.replace('portals.crm.', '')}: ${message}`);
}

describe('settings of a portal that go together', () => {
  it.each<[string, object]>([
    ['a secret, said', { authentication: 'secret' }],
    ['a key in the file', { authentication: 'private_key_jwt', jwks }],
    ['keys at an address', { authentication: 'private_key_jwt', jwksUri: 'https://crm.example.com/keys' }],
    ['a public app', { kind: 'native', authentication: 'none', redirectUris: ['com.example.crm:/cb'] }],
    ['a machine', { kind: 'machine', redirectUris: [] }],
    ['a machine with a key', { kind: 'machine', redirectUris: [], authentication: 'private_key_jwt', jwks }],
    ['a television', { kind: 'native', redirectUris: [], grants: ['device_code'] }],
    [
      'everything a web portal can have',
      {
        scopes: ['openid', 'offline_access'],
        grants: ['authorization_code', 'refresh_token', 'client_credentials', 'device_code'],
        refreshDays: 7,
        requirePar: true,
        dpop: 'required',
        idTokenAlg: 'EdDSA',
        backchannelLogoutUri: 'https://crm.example.com/logout',
      },
    ],
    ['FAPI 2.0', { profile: 'fapi2', jwks }],
  ])('%s', (_, portal) => {
    expect(faultsOf(portal)).toEqual([]);
  });

  it('follow from kind and profile where they are left out', () => {
    const web = { kind: 'web', scopes: ['openid'] } as const;
    expect([authenticationOf(web), grantsOf(web), requiresPar(web), requiresDpop(web), idTokenAlgOf(web)]).toEqual([
      'secret',
      ['authorization_code'],
      false,
      false,
      'RS256',
    ]);
    const bank = { kind: 'web', profile: 'fapi2', scopes: ['openid', 'offline_access'] } as const;
    expect([authenticationOf(bank), grantsOf(bank), requiresPar(bank), requiresDpop(bank), idTokenAlgOf(bank)]).toEqual(
      ['private_key_jwt', ['authorization_code', 'refresh_token'], true, true, 'ES256'],
    );
    expect(authenticationOf({ kind: 'browser' })).toBe('none');
    expect(grantsOf({ kind: 'machine', scopes: ['openid'] })).toEqual(['client_credentials']);
  });
});

describe('settings of a portal that do not go together', () => {
  const rsa1024 = publicJwk(generateKeyPairSync('rsa', { modulusLength: 1_024 }).publicKey);
  const p384 = publicJwk(generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey);
  const secret = p256.privateKey.export({ format: 'jwk' });
  const withKey = (jwk: object) => ({ authentication: 'private_key_jwt', jwks: { keys: [jwk] } });

  it.each<[object, RegExp]>([
    [{ kind: 'native', authentication: 'secret' }, /^authentication: a native portal is public/],
    [{ kind: 'browser', ...withKey(key) }, /^authentication: a browser portal is public/],
    [{ authentication: 'none' }, /^authentication: a web portal must prove who it is/],
    [{ authentication: 'private_key_jwt' }, /^authentication: private_key_jwt needs the public key/],
    [{ jwks }, /^jwks: is for authentication: private_key_jwt/],
    [{ ...withKey(key), jwksUri: 'https://crm.example.com/keys' }, /^jwksUri: jwks or jwksUri, not both/],
    [{ authentication: 'private_key_jwt', jwksUri: 'http://crm.example.com/keys' }, /^jwksUri: must begin with https/],
    [withKey(secret), /^jwks.keys.0.d: is part of a private key/],
    [withKey({ kty: 'oct', k: 'c2VjcmV0' }), /^jwks.keys.0.kty: must be one of RSA, EC, OKP/],
    [withKey({ kty: 'EC', crv: 'P-256', x: key.x }), /^jwks.keys.0: is not a complete public key/],
    [withKey(rsa1024), /^jwks.keys.0: must have at least 2048 bits/],
    [withKey(p384), /^jwks.keys.0: must be on the curve P-256/],
    [
      { kind: 'browser', grants: ['authorization_code', 'client_credentials'] },
      /a browser portal cannot have client_credentials/,
    ],
    [{ kind: 'machine', redirectUris: [], grants: ['device_code'] }, /a machine portal cannot have device_code/],
    [{ grants: ['authorization_code', 'refresh_token'] }, /^grants: refresh_token goes with the scope offline_access/],
    [{ scopes: ['openid', 'offline_access'], grants: ['authorization_code'] }, /^scopes: offline_access goes with/],
    [{ refreshDays: 7 }, /^refreshDays: is for portals with the grant refresh_token/],
    [
      { kind: 'machine', redirectUris: [], backchannelLogoutUri: 'https://crm.example.com/' },
      /nobody signs in to a machine/,
    ],
    [{ grants: ['password'] }, /^grants.0: must be one of authorization_code/],
    [{ profile: 'fapi2', authentication: 'secret' }, /^authentication: fapi2 demands private_key_jwt/],
    [{ profile: 'fapi2', jwks, requirePar: false }, /^requirePar: fapi2 demands/],
    [{ profile: 'fapi2', jwks, dpop: 'allowed' }, /^dpop: fapi2 demands/],
    [{ profile: 'fapi2', jwks, idTokenAlg: 'RS256' }, /^idTokenAlg: fapi2 knows no RS256/],
    [{ profile: 'fapi2', jwks, grants: ['authorization_code', 'device_code'] }, /^grants: fapi2 knows no device_code/],
    [{ resources: ['https://api.example.com/none'] }, /^resources.0: the realm has no resource .*; it has none/],
    [{ scopes: ['openid', 'orders:read'] }, /^scopes.1: there is no scope "orders:read"/],
  ])('%j', (portal, fault) => {
    expect(faultsOf(portal).join('\n')).toMatch(fault);
  });
});

describe('resources of a realm', () => {
  it('give portals that name them their scopes', () => {
    const portal = { resources: [orders.id], scopes: ['openid', 'orders:read'] };
    expect(faultsOf(portal, { resources: [orders] })).toEqual([]);
    expect(faultsOf({ ...portal, resources: [] }, { resources: [orders] })[0]).toMatch(/no scope "orders:read"/);
  });

  it.each([
    [[{ ...orders, id: '/orders' }], /must be an absolute URI/],
    [[{ ...orders, id: 'https://api.example.com/#x' }], /must be an absolute URI/],
    [[orders, orders], /each only once/],
    [[{ ...orders, scopes: ['a b'] }], /visible ASCII/],
    [[{ ...orders, tokenFormat: 'saml' }], /must be one of jwt, opaque/],
  ])('are refused as %j', (resources, fault) => {
    expect(faultsOf({}, { resources }).join('\n')).toMatch(fault);
  });
});
