import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import {
  createFactors,
  type Enrolled,
  type Factor,
  type FactorContext,
  type FactorState,
  type Factors,
  type Method,
} from '../../../src/factors/index.ts';
import { onBothEngines } from '../../support/both-engines.ts';
import { aFactorContext } from '../../support/factor-context.ts';
import type { StoreForTests } from '../../support/store.ts';
import {
  type Answer,
  type Authenticator,
  anAuthenticator,
  flags,
  formOf,
  type Lies,
  makersAaguid,
} from './authenticator.ts';

const origin = 'https://id.example';
const rpId = 'id.example';
const anotherKey = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;

type Change = (answer: Answer) => void;
const response =
  (field: string, change: (bytes: Buffer) => Buffer): Change =>
  (answer) => {
    answer.response[field] = change(Buffer.from(answer.response[field] ?? '', 'base64url')).toString('base64url');
  };
const flip = (at: number) => (bytes: Buffer) => {
  const place = at < 0 ? bytes.length + at : at;
  bytes.writeUInt8(bytes.readUInt8(place) ^ 1, place);
  return bytes;
};

onBothEngines((open) => {
  describe('a passkey', () => {
    let opened: StoreForTests;
    let factors: Factors;
    let passkey: Factor & Required<Pick<Factor, 'enrolment' | 'alone'>>;

    const context = (more: { realm?: Partial<FactorContext['realm']>; user?: string; signIn?: string } = {}) =>
      aFactorContext({
        realm: { id: 'web1', name: 'Web One', issuer: `${origin}/realms/web1`, ...more.realm },
        user: { id: more.user ?? 'mia', label: `${more.user ?? 'mia'}@example.com`, locale: 'en' },
        signIn: more.signIn ?? 'one',
        now: opened.clock.now(),
      });
    const optionsOf = (page: Readonly<Record<string, unknown>>) =>
      JSON.parse(String(page['options'])) as {
        challenge: string;
        user: { id: string };
        allowCredentials?: { id: string }[];
        excludeCredentials?: { id: string }[];
      };

    async function registered(
      authenticator: Authenticator,
      { about = context(), lies = {}, change }: { about?: FactorContext; lies?: Lies; change?: Change } = {},
    ): Promise<Enrolled> {
      const state = await passkey.enrolment.begin(about);
      const { challenge } = optionsOf(await passkey.enrolment.page(state, about));
      const answer = authenticator.create({ challenge, origin, rpId }, lies);
      change?.(answer);
      return passkey.enrolment.submit(state, formOf(answer), about);
    }

    async function enrolled(authenticator: Authenticator, user = 'mia', realm = 'web1'): Promise<Method> {
      const about = context({ user, realm: { id: realm } });
      const done = await registered(authenticator, { about });
      if (done.ok !== true) throw new Error('not taken');
      const added = await factors.methods.add(
        { realm, userId: user, kind: 'passkey', ...done.method },
        { actor: { kind: 'system' } },
      );
      if (!added.ok) throw new Error(added.why);
      return added.method;
    }

    const handleOf = async (user = 'mia', realm = 'web1') => {
      const about = context({ user, realm: { id: realm } });
      return optionsOf(await passkey.enrolment.page(await passkey.enrolment.begin(about), about)).user.id;
    };

    /** One challenge, answered. */
    async function challenged(method: Method) {
      const { state = {} } = (await passkey.begin?.(method, context())) ?? {};
      return { state, ...optionsOf(await passkey.page(method, state, context())) };
    }

    async function verified(
      method: Method,
      authenticator: Authenticator,
      {
        lies = {},
        change,
        state: given,
        userHandle,
      }: { lies?: Lies; change?: Change; state?: FactorState; userHandle?: string } = {},
    ) {
      const { state, challenge } = await challenged(method);
      const answer = authenticator.get(
        { challenge, origin, rpId, ...(userHandle === undefined ? {} : { userHandle }) },
        lies,
      );
      change?.(answer);
      return passkey.verify(method, given ?? state, formOf(answer), context());
    }

    beforeEach(async () => {
      opened = await open();
      factors = createFactors(opened);
      await opened.store.bootstrap();
      passkey = factors.kinds.get('passkey') as typeof passkey;
    });
    afterEach(() => opened.close());

    it.each([
      ['device-bound, verified', flags.up | flags.uv, ['hwk', 'user']],
      ['device-bound, touched', flags.up, ['hwk']],
      ['synced, verified', flags.up | flags.uv | flags.be | flags.bs, ['swk', 'user']],
      ['may be synced, is not', flags.up | flags.be, ['swk']],
    ])('R4: says what was done: %s', async (_, bits, amr) => {
      const authenticator = anAuthenticator({ flags: bits });
      expect(await registered(anAuthenticator({ flags: bits }))).toMatchObject({ ok: true, amr });
      const method = await enrolled(authenticator);
      expect(await verified(method, authenticator)).toMatchObject({ ok: true, amr, methodId: method.id });
    });

    it('keeps a name that the person gives, without what cannot be seen, and none where they give none', async () => {
      const state = await passkey.enrolment.begin(context());
      const { challenge } = optionsOf(await passkey.enrolment.page(state, context()));
      const form = formOf(anAuthenticator().create({ challenge, origin, rpId }));
      const named = await passkey.enrolment.submit(state, { ...form, name: ' Work\u202e laptop ' }, context());
      expect(named).toMatchObject({ ok: true, method: { name: 'Work laptop' } });
      const bare = await registered(anAuthenticator());
      expect(bare.ok === true && 'name' in bare.method).toBe(false);
    });

    it('is asked for among all of this person and nobody else, and not offered twice', async () => {
      const [one, two, foreign] = [anAuthenticator(), anAuthenticator(), anAuthenticator()];
      const method = await enrolled(one);
      await enrolled(two);
      await enrolled(foreign, 'ben');
      const { allowCredentials = [] } = await challenged(method);
      expect(allowCredentials.map(({ id }) => id)).toEqual([one.credentialId, two.credentialId]);
      const page = optionsOf(await passkey.enrolment.page(await passkey.enrolment.begin(context()), context()));
      expect(page.excludeCredentials?.map(({ id }) => id)).toEqual([one.credentialId, two.credentialId]);
      expect((await verified(method, two)).ok).toBe(true);
      expect(await verified(method, foreign)).toMatchObject({ ok: false, why: 'wrong' });
    });

    it('names nobody by its handle: random, 64 bytes, another in every realm, the same each time', async () => {
      const handles = [await handleOf('mia'), await handleOf('ben'), await handleOf('mia', 'plain')];
      expect(new Set(handles).size).toBe(3);
      expect(await handleOf('mia')).toBe(handles[0]);
      for (const handle of handles) expect(Buffer.from(handle, 'base64url')).toHaveLength(64);
    });

    it('is known to one person alone: registered again, by anybody, it is refused', async () => {
      const authenticator = anAuthenticator();
      await enrolled(authenticator);
      const about = context({ user: 'ben', signIn: 'two' });
      expect(await registered(authenticator, { about })).toMatchObject({ ok: false, why: 'replayed' });
    });

    it('of two people who register it at once one gets it', async () => {
      const authenticator = anAuthenticator();
      const abouts = ['mia', 'ben'].map((user) => context({ user, signIn: user }));
      const all = await Promise.all(abouts.map((about) => registered(authenticator, { about })));
      expect(all.filter(({ ok }) => ok)).toHaveLength(1);
      expect(all.find(({ ok }) => !ok)).toMatchObject({ why: 'replayed' });
    });

    describe('fault 38: refused is a registration with', () => {
      const cases: readonly (readonly [string, { lies?: Lies; change?: Change }, string])[] = [
        ['another challenge', { lies: { clientData: { challenge: 'AAAA' } } }, 'expired'],
        ['another origin', { lies: { clientData: { origin: 'https://id.example.evil' } } }, 'wrong'],
        ['a sub-domain of the origin', { lies: { clientData: { origin: 'https://shop.id.example' } } }, 'wrong'],
        ['another port of the origin', { lies: { clientData: { origin: `${origin}:8443` } } }, 'wrong'],
        ['the type of a sign-in', { lies: { clientData: { type: 'webauthn.get' } } }, 'wrong'],
        ['a page inside another', { lies: { clientData: { crossOrigin: true } } }, 'wrong'],
        ['a page inside a named other', { lies: { clientData: { topOrigin: 'https://evil.example' } } }, 'wrong'],
        ['nobody present', { lies: { flags: flags.uv } }, 'wrong'],
        ['a backup of what cannot be backed up', { lies: { flags: flags.up | flags.bs } }, 'wrong'],
        ['an unknown attestation', { lies: { attestation: 'unknown' } }, 'wrong'],
        [
          'id and rawId apart',
          { change: (a) => void (a.rawId = a.rawId.replace(/^./, (first) => (first === 'A' ? 'B' : 'A'))) },
          'malformed',
        ],
        ['another id than is attested', { lies: { credentialId: 'AAAAAAAAAAAAAAAAAAAAAA' } }, 'wrong'],
        ['another type', { change: (a) => void (a.type = 'password') }, 'malformed'],
        ['no client data', { change: (a) => void delete a.response['clientDataJSON'] }, 'malformed'],
        ['client data that is no JSON', { change: response('clientDataJSON', flip(0)) }, 'wrong'],
        ['no attestation object', { change: (a) => void delete a.response['attestationObject'] }, 'malformed'],
        ['a cut attestation object', { change: response('attestationObject', (b) => b.subarray(0, -3)) }, 'wrong'],
        ['another relying party', { lies: { rpId: 'id.example.evil' } }, 'wrong'],
      ];
      it.each(cases)('%s', async (_, given, why) => {
        expect(await registered(anAuthenticator(), given)).toMatchObject({ ok: false, why });
      });
    });

    describe('fault 38: refused is a signature with', () => {
      const cases: readonly (readonly [string, { lies?: Lies; change?: Change; userHandle?: string }, string])[] = [
        ['another challenge', { lies: { clientData: { challenge: 'AAAA' } } }, 'expired'],
        ['no challenge', { lies: { clientData: { challenge: undefined } } }, 'wrong'],
        ['another origin', { lies: { clientData: { origin: 'https://id.example.evil' } } }, 'wrong'],
        ['a sub-domain of the origin', { lies: { clientData: { origin: 'https://shop.id.example' } } }, 'wrong'],
        ['http instead of https', { lies: { clientData: { origin: 'http://id.example' } } }, 'wrong'],
        ['the type of a registration', { lies: { clientData: { type: 'webauthn.create' } } }, 'wrong'],
        ['a page inside another', { lies: { clientData: { crossOrigin: true } } }, 'wrong'],
        ['a page inside a named other', { lies: { clientData: { topOrigin: 'https://evil.example' } } }, 'wrong'],
        ['nobody present', { lies: { flags: flags.uv } }, 'wrong'],
        ['a key that became one to sync', { lies: { flags: flags.up | flags.uv | flags.be } }, 'wrong'],
        ['a counter that stands still', { lies: { counter: 1 } }, 'wrong'],
        ['a counter gone back to none', { lies: { counter: 0 } }, 'wrong'],
        ['another key', { lies: { signWith: anotherKey } }, 'wrong'],
        ['a changed signature', { change: response('signature', flip(-1)) }, 'wrong'],
        ['no signature', { change: (a) => void delete a.response['signature'] }, 'malformed'],
        ['an empty signature', { change: (a) => void (a.response['signature'] = '') }, 'malformed'],
        ['changed authenticator data', { change: response('authenticatorData', flip(-1)) }, 'wrong'],
        ['another relying party', { lies: { rpId: 'example' } }, 'wrong'],
        [
          'changed client data',
          { change: response('clientDataJSON', (b) => Buffer.concat([b.subarray(0, -1), Buffer.from(' }')])) },
          'wrong',
        ],
        ['an unknown id', { change: (a) => void (a.id = a.rawId = 'AAAAAAAAAAAAAAAAAAAAAA') }, 'wrong'],
        ['id and rawId apart', { change: (a) => void (a.rawId = 'AAAAAAAAAAAAAAAAAAAAAA') }, 'malformed'],
        ['another type', { change: (a) => void (a.type = '') }, 'malformed'],
        ['padding in its id', { change: (a) => void (a.id = a.rawId = `${a.id}=`) }, 'malformed'],
        ['the handle of somebody else', { userHandle: 'AAAAAAAAAAAAAAAAAAAAAA' }, 'wrong'],
      ];
      it.each(cases)('%s', async (_, given, why) => {
        const authenticator = anAuthenticator();
        const method = await enrolled(authenticator);
        expect(await verified(method, authenticator, given)).toMatchObject({ ok: false, why });
        // What was refused changed nothing.
        expect((await verified(method, authenticator)).ok).toBe(true);
      });
    });

    it('fault 38: any one byte changed in anything that is signed is refused', async () => {
      const authenticator = anAuthenticator({ hasCounter: false });
      const method = await enrolled(authenticator);
      await fc.assert(
        fc.asyncProperty(
          fc.constantFrom('authenticatorData', 'signature', 'clientDataJSON'),
          fc.nat({ max: 300 }),
          async (field, at) => {
            // The second byte of a signature only says how long its two numbers are together: no part of either.
            const isEncoding = (index: number) => field === 'signature' && index === 1;
            const done = await verified(method, authenticator, {
              change: response(field, (b) => flip(isEncoding(at % b.length) ? 0 : at % b.length)(b)),
            });
            expect(done.ok).toBe(false);
          },
        ),
        { numRuns: 150 },
      );
    });

    it('without a counter is taken as often as it signs', async () => {
      const authenticator = anAuthenticator({ hasCounter: false });
      const method = await enrolled(authenticator);
      for (let times = 0; times < 3; times += 1) expect((await verified(method, authenticator)).ok).toBe(true);
    });

    it('without a challenge under way is refused, whatever it signed', async () => {
      const authenticator = anAuthenticator();
      const method = await enrolled(authenticator);
      const change: Change = (answer) => {
        const data = JSON.parse(Buffer.from(answer.response['clientDataJSON'] ?? '', 'base64url').toString());
        answer.response['clientDataJSON'] = Buffer.from(JSON.stringify({ ...data, challenge: '' })).toString(
          'base64url',
        );
      };
      expect(await verified(method, authenticator, { state: {} })).toMatchObject({ ok: false, why: 'expired' });
      expect(await verified(method, authenticator, { state: {}, change })).toMatchObject({ ok: false, why: 'expired' });
    });

    it('of 50 copies of a key that counts, each with the same count, one is taken', async () => {
      const authenticator = anAuthenticator();
      const method = await enrolled(authenticator);
      const asked = await Promise.all(Array.from({ length: 50 }, () => challenged(method)));
      const answers = asked.map(({ challenge }) => authenticator.get({ challenge, origin, rpId }, { counter: 7 }));
      const done = await Promise.all(
        asked.map(({ state }, n) => passkey.verify(method, state, formOf(answers[n]), context())),
      );
      expect(done.filter(({ ok }) => ok)).toHaveLength(1);
    });

    it('taken away or switched off is refused', async () => {
      const [one, two] = [anAuthenticator(), anAuthenticator()];
      const [kept, gone] = [await enrolled(one), await enrolled(two)];
      await factors.methods.remove('web1', gone.id, { actor: { kind: 'system' } });
      expect(await verified(gone, two)).toMatchObject({ ok: false, why: 'wrong' });
      await factors.methods.disable('web1', kept.id, { actor: { kind: 'system' } });
      expect(await verified(kept, one)).toMatchObject({ ok: false, why: 'wrong' });
    });

    describe('as the whole sign-in', () => {
      async function identified(
        authenticator: Authenticator,
        { userHandle, lies = {}, realm = 'web1' }: { userHandle?: string; lies?: Lies; realm?: string } = {},
      ) {
        const about = context({ user: '', realm: { id: realm } });
        const state = await passkey.alone.begin(about);
        const { challenge } = optionsOf(await passkey.alone.page(state, about));
        const answer = authenticator.get(
          { challenge, origin, rpId, ...(userHandle === undefined ? {} : { userHandle }) },
          lies,
        );
        return passkey.alone.identify(state, formOf(answer), about);
      }

      it('names its person by the user handle, and wants them verified', async () => {
        const authenticator = anAuthenticator();
        const method = await enrolled(authenticator);
        const userHandle = await handleOf();
        expect(await identified(authenticator, { userHandle })).toEqual({
          ok: true,
          userId: 'mia',
          methodId: method.id,
          amr: ['hwk', 'user'],
        });
        expect(await identified(authenticator, { userHandle, lies: { flags: flags.up } })).toMatchObject({
          why: 'wrong',
        });
      });

      it.each([
        ['no handle', async () => undefined],
        ['the handle of somebody else', async () => handleOf('ben')],
        ['a made-up handle', async () => 'AAAAAAAAAAAAAAAAAAAAAA'],
        ['their handle in another realm', async () => handleOf('mia', 'plain')],
        ['their id for a handle', async () => Buffer.from('mia').toString('base64url')],
      ])('names nobody by %s', async (_, handle) => {
        const authenticator = anAuthenticator();
        await enrolled(authenticator);
        await enrolled(anAuthenticator(), 'ben');
        const userHandle = await handle();
        const done = await identified(authenticator, userHandle === undefined ? {} : { userHandle });
        expect(done).toMatchObject({ ok: false, why: 'wrong' });
      });

      it('is of no use in another realm', async () => {
        const authenticator = anAuthenticator();
        await enrolled(authenticator);
        const userHandle = await handleOf();
        expect(await identified(authenticator, { userHandle, realm: 'plain' })).toMatchObject({
          ok: false,
          why: 'wrong',
        });
      });
    });

    describe('fault 37: where a realm names the authenticators it allows', () => {
      const allowed = (authenticators: readonly string[]) => context({ realm: { authenticators } });
      const other = 'cccccccc-bbbb-4ccc-8ddd-eeeeeeeeeeee';

      it.each([
        ['certificate', makersAaguid, [makersAaguid], true],
        ['certificate', makersAaguid, [other], false],
        ['self', makersAaguid, [makersAaguid], false],
        ['none', makersAaguid, [makersAaguid], false],
        ['none', '00000000-0000-0000-0000-000000000000', ['00000000-0000-0000-0000-000000000000'], false],
      ] as const)(
        'one with the attestation %s, saying %s, among %j, is taken: %s',
        async (attestation, aaguid, list, ok) => {
          const done = await registered(anAuthenticator({ aaguid }), { about: allowed(list), lies: { attestation } });
          expect(done).toMatchObject(ok ? { ok } : { ok, why: 'unsuitable' });
        },
      );

      it('a certificate for another authenticator than the data names is refused', async () => {
        const done = await registered(anAuthenticator({ aaguid: other }), {
          about: allowed([other]),
          lies: { attestation: 'certificate' },
        });
        expect(done).toMatchObject({ ok: false, why: 'wrong' });
      });

      it('authenticators are asked what they are; elsewhere they are not', async () => {
        const asks = async (about: FactorContext) =>
          JSON.parse(
            String((await passkey.enrolment.page(await passkey.enrolment.begin(about), about))['options']),
          ) as {
            attestation: string;
          };
        expect((await asks(allowed([makersAaguid]))).attestation).toBe('direct');
        expect((await asks(context())).attestation).toBe('none');
      });
    });

    it('B1: whatever is posted, nothing is thrown', async () => {
      const method = await enrolled(anAuthenticator());
      const { state } = await challenged(method);
      const part = fc.oneof(fc.string(), fc.json(), fc.base64String());
      const made = fc.record(
        {
          id: part,
          rawId: part,
          type: fc.constantFrom('public-key', ''),
          clientExtensionResults: fc.oneof(fc.constant({}), fc.jsonValue()),
          response: fc.oneof(
            fc.jsonValue(),
            fc.record({ clientDataJSON: part, attestationObject: part, authenticatorData: part, signature: part }),
          ),
        },
        { requiredKeys: [] },
      );
      await fc.assert(
        fc.asyncProperty(fc.oneof(made.map(formOf), fc.record({ passkey: fc.string() })), async (form) => {
          expect((await passkey.verify(method, state, form, context())).ok).toBe(false);
          expect((await passkey.enrolment.submit(state, form, context())).ok).toBe(false);
        }),
        { numRuns: 300 },
      );
    });
  });
});
