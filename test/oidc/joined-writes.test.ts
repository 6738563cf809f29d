import { GatehouseError } from '../../src/kernel/index.ts';
import type { Store } from '../../src/store/index.ts';
import { aPortal, aRealm, aUser, Host, Rp } from './host.ts';

describe('tokens that cannot be written', () => {
  let host: Host;
  let rp: Rp;
  let failing = '';
  beforeEach(async () => {
    host = await new Host().start();
    host.oidc = host.room(await aStoreThatFails());
    await host.storage.store.bootstrap();
    host.add(aRealm('web1'), aPortal('web1', 'mail'), aUser('web1', 'mia'));
    rp = new Rp(host, 'web1', 'mail');
    failing = '';
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
            await collection.insert(doc, options);
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

  it('are there when the answer says so', async () => {
    const tokens = await rp.signIn();
    expect((await rp.userinfo(tokens.access_token)).status).toBe(200);
    expect((await rp.refresh(tokens.refresh_token!)).status).toBe(200);
  });
});
