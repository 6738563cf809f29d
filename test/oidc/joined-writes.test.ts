import { GatehouseError } from '../../src/kernel/index.ts';
import type { Store } from '../../src/store/index.ts';
import { aPortal, aRealm, aUser, Host, Rp } from './host.ts';

/** Two use something up at once; what is inserted into `last` is kept only after it is decided who was second. */
interface Race {
  readonly last: string;
  readonly isDecided: PromiseWithResolvers<void>;
  readonly kept: (() => Promise<unknown>)[];
  arrive(): Promise<void>;
}

function aRaceOfTwo(last: string): Race {
  const bothAreThere = Promise.withResolvers<void>();
  let waiting = 0;
  return {
    last,
    isDecided: Promise.withResolvers<void>(),
    kept: [],
    arrive() {
      waiting += 1;
      if (waiting === 2) bothAreThere.resolve();
      return bothAreThere.promise;
    },
  };
}

describe('tokens that cannot be written', () => {
  let host: Host;
  let rp: Rp;
  let failing = '';
  let race: Race | undefined;
  beforeEach(async () => {
    host = await new Host().start();
    host.oidc = host.room(await aStoreThatFails());
    await host.storage.store.bootstrap();
    host.add(aRealm('web1'), aPortal('web1', 'mail'), aUser('web1', 'mia'));
    rp = new Rp(host, 'web1', 'mail');
    failing = '';
    race = undefined;
  });
  afterEach(() => host.stop());

  /** The same documents by another connection, on which inserting into `failing` does not work. */
  async function aStoreThatFails(): Promise<Store> {
    const store = await host.anotherStore();
    return {
      ...store,
      collection(declaration) {
        const collection = store.collection(declaration);
        return {
          ...collection,
          insert: async (doc, options) => {
            if (declaration.name === failing) throw new GatehouseError('unavailable', 'the disk is full');
            if (declaration.name === race?.last) await race.isDecided.promise;
            await collection.insert(doc, options);
            if (declaration.name === race?.last) race.kept.push(() => collection.get(doc.id));
          },
          update: async (id, make, options) => {
            if (failing === `use of ${declaration.name}`) throw new GatehouseError('unavailable', 'the disk is full');
            await race?.arrive();
            const updated = await collection.update(id, make, options);
            if (!updated.ok) race?.isDecided.resolve();
            return updated;
          },
          upsert: async (id, make, options) => {
            if (declaration.name === failing) throw new GatehouseError('unavailable', 'the disk is full');
            return collection.upsert(id, make, options);
          },
        };
      },
    };
  }

  it.each(['oidc_access_tokens', 'oidc_refresh_tokens'])(
    'are not given: 503, whichever of them it was (%s), and none once more for the same code',
    async (collection) => {
      const code = await rp.code();
      failing = collection;
      const { status, body } = await rp.redeem(code);
      expect([status, body.error, body.access_token, body.refresh_token]).toEqual([
        503,
        'server_error',
        undefined,
        undefined,
      ]);
      failing = '';
      expect((await rp.redeem(code)).body.error).toBe('invalid_grant');
    },
  );

  it.each(['oidc_access_tokens', 'oidc_refresh_tokens'])(
    'A7: those made for the second use of a code end with its family, though they come to be kept last (%s)',
    async (collection) => {
      const code = await rp.code();
      race = aRaceOfTwo(collection);
      const answers = await Promise.all([rp.redeem(code), rp.redeem(code)]);
      expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 400]);
      expect(answers.find(({ status }) => status === 400)!.body).toEqual({
        error: 'invalid_grant',
        error_description: 'grant request is invalid',
      });
      expect(race.kept).toHaveLength(2);
      for (const found of race.kept) expect(await found()).toBeUndefined();
    },
  );

  it('a refresh token that could not be used up gives nothing: 503, and it is good still', async () => {
    const { refresh_token: token } = await rp.signIn();
    failing = 'use of oidc_refresh_tokens';
    const { status, body } = await rp.refresh(token!);
    expect([status, body.error, body.access_token, body.refresh_token]).toEqual([
      503,
      'server_error',
      undefined,
      undefined,
    ]);
    failing = '';
    expect((await rp.refresh(token!)).status).toBe(200);
  });

  it.each(['oidc_grants', 'oidc_codes', 'oidc_sessions'])(
    'a code whose grant, session or self could not be kept is not given: a page says so (%s)',
    async (collection) => {
      failing = collection;
      const page = await rp.browser.visit(rp.authorizationUrl());
      expect([page.status, page.location, page.text]).toEqual([
        400,
        undefined,
        expect.stringContaining('server_error'),
      ]);
    },
  );

  it('are there when the answer says so', async () => {
    const tokens = await rp.signIn();
    expect((await rp.userinfo(tokens.access_token)).status).toBe(200);
    expect((await rp.refresh(tokens.refresh_token!)).status).toBe(200);
  });
});
