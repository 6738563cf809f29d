import { onBothDatabases } from './databases.ts';
import type { Town } from './town.ts';
import { signIn, somebody } from './townspeople.ts';

onBothDatabases((open) => {
  let town: Town;
  afterEach(() => town.close());

  it('begin together on an empty database, make each realm once, and serve alike', async () => {
    town = await open({ isEmpty: true });
    for (const node of town.nodes) expect(node.said()).not.toMatch(/"level":[56]0/);
    const keySets = await Promise.all(
      town.nodes.map((node) => town.visitor(node).request(`${town.issuer()}/jwks`, { isBare: true })),
    );
    expect(keySets.map(({ status }) => status)).toEqual([200, 200]);
    expect(keySets[0]!.body).toBe(keySets[1]!.body);
    for (const realm of ['harbour', 'quay']) {
      while ((await town.operator.drain()) > 0);
      const { items } = await town.operator.audit.list(realm, { limit: 100, type: 'realm.created' });
      expect(items).toHaveLength(1);
    }
    await signIn(town, town.visitor(), await somebody(town));
  });
});
