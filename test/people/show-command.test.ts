import { aBrowser, givePassword, type Somebody, signIn, somebody, toPassword } from '../flows/people.ts';
import { type RunningApp, runApp } from '../support/app.ts';
import { gatehouseOn } from '../support/gatehouse.ts';

describe('gatehouse user show', () => {
  let app: RunningApp;
  let person: Somebody;
  beforeAll(async () => {
    app = await runApp();
    person = await somebody(app);
  });
  afterAll(() => app.close());

  const show = (...words: string[]) => gatehouseOn(app, 'user', 'show', 'web1', ...words);

  it('tells who somebody is: methods, sign-ins, browsers, wrong guesses, rules', async () => {
    await signIn(app, aBrowser(app), person);
    const stranger = await toPassword(app, aBrowser(app));
    for (let guess = 0; guess < 5; guess += 1) await givePassword(stranger, { ...person, password: 'a wrong one' });
    await app.app.drain();

    const { out, code } = await show(person.username);
    expect(code).toBe(0);
    for (const line of [
      /^state +active$/m,
      new RegExp(`^email +${person.user.email ?? ''}$`, 'm'),
      /^methods +totp, primary, last used \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/m,
      /^browsers +1 known, 0 of them remembered$/m,
      /^guesses +password: 5 wrong in a row, held until \S+Z$/m,
      /^last sign-in +\S+Z at web1-mail, acr mfa, amr pwd otp mfa$/m,
      /^rules +secondFactor required \(realm Web1 Messaging\)$/m,
      /^more +`gatehouse policy explain web1 --person somebody\d+`$/m,
    ]) {
      expect(out).toMatch(line);
    }
    expect(out).not.toContain('argon2');
  });

  it('tells programs the same, never a hash or a secret', async () => {
    const { out } = await show(person.user.id, '--json');
    const found: unknown = JSON.parse(out);
    expect(found).toMatchObject({
      ...{ id: person.user.id, state: 'active', hasPassword: true },
      methods: [{ kind: 'totp', state: 'active' }],
      guesses: [{ counter: 'password', wrong: 5 }],
      lastSignIn: { portal: 'web1-mail', acr: 'mfa' },
    });
    expect(out).not.toMatch(/argon2|KRSXG5/);
  });

  it('tells in a word what keeps somebody from signing in', async () => {
    await gatehouseOn(app, 'user', 'add', 'web1', '--name', 'Ada Moss', '--email', 'ada@web1.example');
    expect((await show('ada@web1.example')).out).toMatch(/^state +invited$/m);
    expect((await show('ada@web1.example')).out).toMatch(/^password +none yet, invited until \S+Z$/m);
    await gatehouseOn(app, 'user', 'disable', 'web1', 'ada@web1.example');
    expect((await show('ada@web1.example')).out).toMatch(/^state +disabled$/m);
    await app.app.people.update('web1', person.user.id, (user) => ({
      ...user,
      secondFactorLockedAt: app.clock.now(),
    }));
    expect((await show(person.username)).out).toMatch(/^state +locked$/m);
  });

  it('says so when nobody has that name', async () => {
    expect(await show('nobody')).toMatchObject({
      ...{ out: '', code: 1 },
      err: 'gatehouse: nobody in "web1" is known as "nobody"; see `gatehouse user list web1`\n',
    });
  });
});
