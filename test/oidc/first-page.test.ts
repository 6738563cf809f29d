import { aPortal, aRealm, aUser, Host, Rp } from './host.ts';

describe('the page that a sign-in begins with', () => {
  let host: Host;
  let rp: Rp;
  beforeEach(async () => {
    host = await new Host().start();
    host.add(aRealm('web1'), aPortal('web1', 'mail'), aUser('web1', 'mia'));
    rp = new Rp(host, 'web1', 'mail');
  });
  afterEach(() => host.stop());

  it('is the one for the password, at once, where nobody is signed in', async () => {
    const answer = await rp.browser.request(rp.authorizationUrl().href);
    expect([answer.status, answer.location?.pathname]).toEqual([
      303,
      expect.stringMatching(/^\/realms\/web1\/sign-in\/[\w-]+\/password$/),
    ]);
  });

  it('is the dispatcher’s to say where there is a session', async () => {
    await rp.signIn();
    const answer = await rp.browser.request(rp.authorizationUrl({ prompt: 'login' }).href);
    expect(answer.location?.pathname).toMatch(/^\/realms\/web1\/sign-in\/[\w-]+$/);
  });
});
