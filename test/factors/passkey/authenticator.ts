import { createHash, createPrivateKey, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';

/** An authenticator in software: makes real credentials and signatures, and lies wherever a test tells it to. */
export interface Authenticator {
  readonly credentialId: string;
  readonly aaguid: string;
  /** What `navigator.credentials.create()` gives. */
  create(options: { readonly challenge: string; readonly origin: string; readonly rpId: string }, lies?: Lies): Answer;
  /** What `navigator.credentials.get()` gives. */
  get(
    options: {
      readonly challenge: string;
      readonly origin: string;
      readonly rpId: string;
      readonly userHandle?: string;
    },
    lies?: Lies,
  ): Answer;
}

export interface Answer {
  id: string;
  rawId: string;
  type: string;
  response: Record<string, string | undefined>;
  clientExtensionResults: object;
}

export interface Lies {
  readonly clientData?: Readonly<Record<string, unknown>>;
  readonly counter?: number;
  /** User present 1, verified 4, backup eligible 8, backed up 16. */
  readonly flags?: number;
  readonly signWith?: KeyObject;
  readonly credentialId?: string;
  readonly rpId?: string;
  /** How the registration is attested; `none` by default. */
  readonly attestation?: 'none' | 'self' | 'certificate' | 'unknown';
}

export const flags = { up: 1, uv: 4, be: 8, bs: 16 } as const;

const b64 = (bytes: Uint8Array | string) => Buffer.from(bytes).toString('base64url');
const sha256 = (bytes: Uint8Array | string) => createHash('sha256').update(bytes).digest();

export function anAuthenticator(
  given: { readonly flags?: number; readonly aaguid?: string; readonly hasCounter?: boolean } = {},
): Authenticator {
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const credentialId = b64(randomBytes(32));
  const aaguid = given.aaguid ?? '00000000-0000-0000-0000-000000000000';
  const usual = given.flags ?? flags.up | flags.uv;
  let counter = 0;

  const clientData = (type: string, challenge: string, origin: string, lies: Lies) =>
    Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false, ...lies.clientData }));
  const head = (rpId: string, isAttested: boolean, lies: Lies) => {
    if (given.hasCounter !== false) counter += 1;
    const count = Buffer.alloc(4);
    count.writeUInt32BE(lies.counter ?? counter);
    return Buffer.concat([
      sha256(lies.rpId ?? rpId),
      Buffer.from([(lies.flags ?? usual) | (isAttested ? 64 : 0)]),
      count,
    ]);
  };
  const answer = (response: Answer['response'], id = credentialId): Answer => ({
    ...{ id, rawId: id, type: 'public-key' },
    ...{ response, clientExtensionResults: {} },
  });

  return {
    credentialId,
    aaguid,
    create({ challenge, origin, rpId }, lies = {}) {
      const { x = '', y = '' } = pair.publicKey.export({ format: 'jwk' });
      const key = map([
        [number(1), number(2)],
        [number(3), number(-7)],
        [number(-1), number(1)],
        [number(-2), bytes(Buffer.from(x, 'base64url'))],
        [number(-3), bytes(Buffer.from(y, 'base64url'))],
      ]);
      const id = Buffer.from(lies.credentialId ?? credentialId, 'base64url');
      const attested = Buffer.concat([
        Buffer.from(aaguid.replaceAll('-', ''), 'hex'),
        Buffer.from([0, id.length]),
        id,
        key,
      ]);
      const data = clientData('webauthn.create', challenge, origin, lies);
      const authData = Buffer.concat([head(rpId, true, lies), attested]);
      const statement = (by: KeyObject, more: readonly (readonly [Buffer, Buffer])[]) =>
        map([
          [text('alg'), number(-7)],
          [text('sig'), bytes(sign('sha256', Buffer.concat([authData, sha256(data)]), by))],
          ...more,
        ]);
      const [format, statementOf] = {
        none: ['none', () => map([])] as const,
        unknown: ['made-up', () => map([])] as const,
        self: ['packed', () => statement(pair.privateKey, [])] as const,
        certificate: ['packed', () => statement(makersKey, [[text('x5c'), list([bytes(certificate)])]])] as const,
      }[lies.attestation ?? 'none'];
      const object = map([
        [text('fmt'), text(format)],
        [text('attStmt'), statementOf()],
        [text('authData'), bytes(authData)],
      ]);
      return answer({
        clientDataJSON: b64(data),
        attestationObject: b64(object),
      });
    },
    get({ challenge, origin, rpId, userHandle }, lies = {}) {
      const data = clientData('webauthn.get', challenge, origin, lies);
      const authData = head(rpId, false, lies);
      return answer({
        clientDataJSON: b64(data),
        authenticatorData: b64(authData),
        signature: b64(sign('sha256', Buffer.concat([authData, sha256(data)]), lies.signWith ?? pair.privateKey)),
        ...(userHandle === undefined ? {} : { userHandle }),
      });
    },
  };
}

/** As the script of the page puts it into the form. */
export function formOf(answer: unknown): Record<string, string> {
  const whole = JSON.stringify(answer);
  return Object.fromEntries(
    ['passkey', 'passkey_2', 'passkey_3'].map((name, at) => [name, whole.slice(at * 2000, (at + 1) * 2000)]),
  );
}

/** A made-up maker of authenticators with this AAGUID: its certificate says so (FIDO id-fido-gen-ce-aaguid). */
export const makersAaguid = 'aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee';
const makersKey = createPrivateKey({
  key: Buffer.from(
    'MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgIXNGHuLtgov9zNe5ZOMEEnlTXhdF3cZ5Itz5TKznmGGhRANCAATNVoTegwk8ivZh0b3ZBTie3tfVIM7Frnm1oVO6qn1LgYYuK/QOSLh5yz7xs6yJyN7QTIO27yZHdAcWgJk0+D/P',
    'base64',
  ),
  format: 'der',
  type: 'pkcs8',
});
const certificate = Buffer.from(
  'MIICETCCAbagAwIBAgIURLzz+2u08kNlLiA5xzad5GOsIycwCgYIKoZIzj0EAwIwXTELMAkGA1UEBhMCU0UxGDAWBgNVBAoMD0dhdGVob3VzZSB0ZXN0czEiMCAGA1UECwwZQXV0aGVudGljYXRvciBBdHRlc3RhdGlvbjEQMA4GA1UEAwwHTWFkZSB1cDAgFw0yNjExMjMwMzAxMzBaGA8yMTI2MTAzMDAzMDEzMFowXTELMAkGA1UEBhMCU0UxGDAWBgNVBAoMD0dhdGVob3VzZSB0ZXN0czEiMCAGA1UECwwZQXV0aGVudGljYXRvciBBdHRlc3RhdGlvbjEQMA4GA1UEAwwHTWFkZSB1cDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABM1WhN6DCTyK9mHRvdkFOJ7e19UgzsWuebWhU7qqfUuBhi4r9A5IuHnLPvGzrInI3tBMg7bvJkd0BxaAmTT4P8+jUjBQMAwGA1UdEwEB/wQCMAAwIQYLKwYBBAGC5RwBAQQEEgQQqqqqqru7TMyN3e7u7u7u7jAdBgNVHQ4EFgQUa6NQnrfmITaU8irI1nW2AKF7WmEwCgYIKoZIzj0EAwIDSQAwRgIhAOOXo+QVwokohSBYFjwUHuhqllz3KV8W5KGgmSCREGBEAiEAutGJpVE0n4ITdBqKGCAq6Iz2i+cq05iZWHX2OBT6kvo=',
  'base64',
);

// Just enough of CBOR (RFC 8949 §3.1): small maps, numbers, texts, byte strings.
const item = (major: number, length: number): Buffer =>
  length < 24
    ? Buffer.from([(major << 5) | length])
    : length < 256
      ? Buffer.from([(major << 5) | 24, length])
      : Buffer.from([(major << 5) | 25, length >> 8, length & 255]);
const number = (value: number) => (value < 0 ? item(1, -1 - value) : item(0, value));
const bytes = (value: Buffer) => Buffer.concat([item(2, value.length), value]);
const text = (value: string) => Buffer.concat([item(3, value.length), Buffer.from(value)]);
const list = (items: readonly Buffer[]) => Buffer.concat([item(4, items.length), ...items]);
const map = (pairs: readonly (readonly [Buffer, Buffer])[]) => Buffer.concat([item(5, pairs.length), ...pairs.flat()]);
