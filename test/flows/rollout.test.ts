import { type RunningApp, runApp } from '../support/app.ts';
import { aBrowser, givePassword, signInOf, somebody, told, toPassword } from './people.ts';

const operator = { kind: 'operator' } as const;

describe('a roll-out, in sign-ins', () => {
  let app: RunningApp;
  beforeAll(async () => {
    app = await runApp();
  });
  afterAll(() => app.close());

  it('asks people of a wave that began, says why, and notes who begins and does not finish', async () => {
    const person = await somebody(app, 'plain', { hasApp: false });
    const { rollouts } = app.app;
    const startsAt = new Date(app.clock.now().getTime() + 86_400_000);
    const made = await rollouts.create(
      {
        ...{ realm: 'plain', name: 'Autumn', rules: { secondFactor: 'required', methods: ['totp'] } },
        waves: [{ startsAt, share: 100 }],
        stopAbovePercent: 100,
      },
      operator,
    );
    if (!made.ok) throw new Error(made.faults.join('; '));
    await rollouts.start(made.rollout, operator);

    app.clock.set(startsAt);
    const visitor = await givePassword(await toPassword(app, aBrowser(app), 'plain-notes'), person);
    expect(visitor.page.step).toBe('protect-account');
    expect(visitor.page.html).not.toContain('/postpone');
    const signIn = signInOf(visitor);
    await visitor.submit('/protect-account');
    expect(visitor.page.step).toBe('enrol-app');
    expect(await told(app, 'plain', { type: 'set_up.begun', signIn })).toMatchObject([{ subject: person.user.id }]);

    app.clock.advance(36 * 60_000);
    await rollouts.work(made.rollout, false);
    expect(await rollouts.standing(made.rollout, 'failed', 10)).toMatchObject([{ userId: person.user.id }]);
  });

  it('stands in the reasons of a finished sign-in by its wave', async () => {
    const person = await somebody(app, 'plain');
    const visitor = await givePassword(await toPassword(app, aBrowser(app), 'plain-notes'), person);
    expect(visitor.page.step).toBe('challenge');
    app.clock.advance(30_000);
    await visitor.fill({ code: app.code(person.secret) }).submit();
    if (visitor.page.step === 'consent') await visitor.submit('/consent');
    const [completed] = await told(app, 'plain', { type: 'sign_in.completed', subject: person.user.id });
    const rollout = await app.app.rollouts.find('plain', 'autumn');
    expect(completed?.details?.['reasons']).toContain(`secondFactor rollout:${rollout?.id}/1 second_factor_proven`);
  });
});
