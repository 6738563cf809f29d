import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { messageIn } from '../../src/messaging/message.ts';
import { invitationTtlMs } from '../../src/people/index.ts';
import { goodPassword, mia, operator, type PeopleForTests, somePeople } from './people-for-tests.ts';

let world: PeopleForTests;
beforeEach(async () => {
  world = await somePeople();
});
afterEach(() => world.close());

const where = { realm: 'web1', rules: { minLength: 15 } };

/** The token in the newest invitation's link. */
async function tokenInMail(): Promise<string> {
  const mails = (await world.outbox()).filter((item) => item.body['template'] === 'invitation');
  const mail = mails.at(-1);
  if (mail === undefined) throw new Error('no invitation was sent');
  return String(messageIn(world.keyring, mail).params['link']).split('/invitation/')[1] ?? '';
}

async function invited() {
  const made = await world.people.invite(mia, operator);
  if (!made.ok) throw new Error(made.why);
  return { user: made.user, token: await tokenInMail() };
}

describe('invitations', () => {
  it('lets an invited person set their first password, once', async () => {
    const { user, token } = await invited();
    expect(user.password).toBeUndefined();
    expect(await world.people.verifyPassword(user, '')).toBe('wrong');
    expect(await world.people.acceptInvitation(token, goodPassword, where)).toMatchObject({
      ok: true,
      user: { id: user.id, emailVerified: true },
    });
    expect(await world.people.acceptInvitation(token, 'copper window thunder', where)).toEqual({
      ok: false,
      why: 'invalid',
    });
    const now = await world.people.get('web1', user.id);
    expect(await world.people.verifyPassword(now, goodPassword)).toBe('right');
    expect(now).not.toHaveProperty('invitation');
  });

  it('looking at it does not use it up: mail scanners follow links', async () => {
    const { user, token } = await invited();
    for (let look = 0; look < 3; look += 1) {
      expect(await world.people.invited('web1', token)).toMatchObject({ ok: true, user: { id: user.id } });
    }
    expect((await world.people.acceptInvitation(token, goodPassword, where)).ok).toBe(true);
  });

  it('of 20 who accept at once exactly one sets the password', async () => {
    const { user, token } = await invited();
    const all = await Promise.all(
      Array.from({ length: 20 }, (_, at) => world.people.acceptInvitation(token, `${goodPassword} ${at}`, where)),
    );
    const winner = all.findIndex((each) => each.ok);
    expect(all.filter((each) => each.ok)).toHaveLength(1);
    const now = await world.people.get('web1', user.id);
    expect(await world.people.verifyPassword(now, `${goodPassword} ${winner}`)).toBe('right');
  });

  it('stays open when the password is refused', async () => {
    const { token } = await invited();
    expect(await world.people.acceptInvitation(token, 'short', where)).toEqual({ ok: false, why: 'too_short' });
    expect((await world.people.acceptInvitation(token, goodPassword, where)).ok).toBe(true);
  });

  it.each([
    [invitationTtlMs - 1, true],
    [invitationTtlMs, false],
    [invitationTtlMs + 1, false],
  ])('after %d ms of its seven days it works: %s', async (ms, works) => {
    const { token } = await invited();
    world.clock.advance(ms);
    expect(await world.people.invited('web1', token)).toMatchObject(
      works ? { ok: true } : { ok: false, why: 'expired' },
    );
    expect((await world.people.acceptInvitation(token, goodPassword, where)).ok).toBe(works);
  });

  it('a new invitation voids the one before', async () => {
    const first = await invited();
    const second = await invited();
    expect(second.user.id).toBe(first.user.id);
    expect(await world.people.invited('web1', first.token)).toEqual({ ok: false, why: 'invalid' });
    expect(await world.people.invited('web1', second.token)).toMatchObject({ ok: true });
  });

  it('fault 23: is for one person of one realm', async () => {
    const { token } = await invited();
    const other = await world.people.invite({ realm: 'web1', name: 'Bo', email: 'bo@example.com' }, operator);
    const secret = token.split('.')[1];
    const otherId = other.ok ? other.user.id : '';
    for (const forged of [
      `${otherId}.${secret}`,
      token.slice(0, -1),
      `${token}x`,
      '',
      '.',
      secret ?? '',
      `${otherId}.`,
    ]) {
      expect(await world.people.invited('web1', forged)).toEqual({ ok: false, why: 'invalid' });
    }
    expect(await world.people.invited('plain', token)).toEqual({ ok: false, why: 'invalid' });
  });

  it('dies with the account: disabling voids it', async () => {
    const { user, token } = await invited();
    await world.people.disable('web1', user.id, operator);
    expect(await world.people.acceptInvitation(token, goodPassword, where)).toEqual({ ok: false, why: 'invalid' });
    expect(await world.people.invite(mia, operator)).toEqual({ ok: false, why: 'disabled' });
    await world.people.enable('web1', user.id, operator);
    expect(await world.people.invited('web1', token)).toEqual({ ok: false, why: 'invalid' });
  });

  it('went to a wrong address: once that is put right, whoever got it neither gets in nor proves the right one', async () => {
    const { user, token } = await invited();
    await world.people.update('web1', user.id, (now) => ({ ...now, email: 'right@example.com' }));
    expect(await world.people.invited('web1', token)).toEqual({ ok: false, why: 'invalid' });
    expect(await world.people.acceptInvitation(token, goodPassword, where)).toEqual({ ok: false, why: 'invalid' });
    expect(await world.people.invite({ ...mia, email: 'right@example.com' }, operator)).toMatchObject({ ok: true });
    const accepted = await world.people.acceptInvitation(await tokenInMail(), goodPassword, where);
    expect(accepted).toMatchObject({ ok: true, user: { email: 'right@example.com', emailVerified: true } });
  });

  it('never replaces a password that works', async () => {
    await world.people.create({ ...mia, password: goodPassword });
    expect(await world.people.invite(mia, operator)).toEqual({ ok: false, why: 'has_password' });
    expect(await world.people.invite({ ...mia, email: 'new@example.com' }, operator)).toEqual({
      ok: false,
      why: 'identifier_taken',
    });
    expect(await world.people.invite({ ...mia, email: 'nonsense' }, operator)).toEqual({
      ok: false,
      why: 'identifier_invalid',
    });
  });

  it('S2: the link lies nowhere in the store in clear', async () => {
    const { token } = await invited();
    const [id = '', secret = ''] = token.split('.');
    const files = readdirSync(world.dataDir).map((name) => readFileSync(join(world.dataDir, name)));
    expect(files.some((bytes) => bytes.includes(id))).toBe(true);
    expect(files.some((bytes) => bytes.includes(secret))).toBe(false);
  });
});
