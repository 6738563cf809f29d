import { type Authenticator, anAuthenticator, flags, formOf } from '../factors/passkey/authenticator.ts';
import { type RunningApp, runApp } from '../support/app.ts';
import { TwilioServer } from '../support/twilio.ts';
import type { Visitor } from '../support/visitor.ts';
import { operator, parts, shown, secret as tokenSecret } from '../tokens/tokens-for-tests.ts';
import { aBrowser, givePassword, type Somebody, somebody } from './people.ts';
import { aNumber } from './phones.ts';
import { aPortal, type TestPortal } from './portal.ts';

/** One kind of proof: how it is set up at the page of its enrolment, and given at the challenge. */
interface Proof {
  readonly kind: string;
  /** Beside `kind`: needed before it, or asked for instead. */
  readonly methods?: readonly string[];
  readonly enrol: (visitor: Visitor) => Promise<unknown>;
  readonly prove: (visitor: Visitor) => Promise<unknown>;
}

describe('what ID tokens say of how somebody signed in (design: what tokens say)', () => {
  let app: RunningApp;
  let twilio: TwilioServer;
  let portal: TestPortal;
  beforeAll(async () => {
    twilio = await TwilioServer.start();
    app = await runApp({ env: twilio.env });
    portal = await aPortal(app);
  });
  afterAll(async () => {
    await app.close();
    await twilio.close();
  });
  beforeEach(() => app.clock.advance(24 * 3_600_000));

  const say = (rule: string, value: unknown) => app.app.realms.set('web1', `policy.${rule}`, value, { kind: 'system' });

  /** To the page after the password; `finish` then takes what the portal is given. */
  async function begin(person: Somebody) {
    const visitor = aBrowser(app, { stopAt: [app.demoOrigin] });
    const begun = await portal.begin();
    await visitor.visit(begun.address);
    await givePassword(visitor, person);
    const finish = async () => {
      portal.answer(visitor);
      const claims = (await portal.finish(begun, visitor.page.location)).claims();
      return { acr: claims?.['acr'], amr: claims?.['amr'], authTime: claims?.['auth_time'] };
    };
    return { visitor, finish };
  }

  const secretOn = (visitor: Visitor) => visitor.page.textOf('[data-secret]')?.replaceAll(' ', '') ?? '';
  const optionsOn = (visitor: Visitor) => {
    const options = JSON.parse(visitor.page.attribute('[data-options]', 'data-options') ?? '{}') as {
      readonly challenge: string;
    };
    return { challenge: options.challenge, origin: app.origin, rpId: 'localhost' };
  };
  const only = (fields: Record<string, string>) => ({
    passkey: fields['passkey'] ?? '',
    passkey_2: fields['passkey_2'] ?? '',
  });
  async function mailed(): Promise<string> {
    while ((await app.app.drain()) > 0);
    while ((await app.app.messaging.workOnce()) > 0);
    const { items } = await app.app.messaging.outbox.list({ limit: 50 });
    const mail = items.find(({ subject }) => /sign-in code/i.test(subject));
    return /^\d{6}$/m.exec(mail?.text ?? '')?.[0] ?? '';
  }

  let secret = '';
  let codes: readonly string[] = [];
  const app6: Proof = {
    kind: 'totp',
    enrol(visitor) {
      secret = secretOn(visitor);
      return visitor.fill({ code: app.code(secret) }).submit();
    },
    prove: (visitor) => visitor.fill({ code: app.code(secret) }).submit(),
  };
  const passkey = (kind: number): Proof => {
    let authenticator: Authenticator | undefined;
    return {
      kind: 'passkey',
      enrol(visitor) {
        authenticator = anAuthenticator({ flags: kind });
        const answer = only(formOf(authenticator.create(optionsOn(visitor))));
        return visitor.fill(answer).submit();
      },
      prove: (visitor) => {
        if (authenticator === undefined) throw new Error('none was enrolled');
        return visitor.fill(only(formOf(authenticator.get(optionsOn(visitor))))).submit();
      },
    };
  };
  const phone = (channel: 'sms' | 'voice'): Proof => ({
    kind: 'phone',
    async enrol(visitor) {
      await visitor.fill({ phone: aNumber(), channel }).submit();
      if (channel === 'voice') await twilio.listen();
      await visitor.fill({ code: twilio.code }).submit();
    },
    async prove(visitor) {
      if (channel === 'voice') await twilio.listen();
      return visitor.fill({ code: twilio.code }).submit();
    },
  });
  const recovery: Proof = {
    kind: 'totp',
    methods: ['recovery'],
    async enrol(visitor) {
      await app6.enrol(visitor);
      codes = visitor.page.textOf('#codes')?.match(/[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{5}/g) ?? [];
      await visitor.submit('kept=yes');
    },
    async prove(visitor) {
      await visitor.submit(/recovery codes/i);
      await visitor.fill({ code: codes[0] ?? '' }).submit();
    },
  };
  const token: Proof = {
    kind: 'token',
    enrol: (visitor) =>
      visitor.fill({ credential_id: 'GHST12345678', security_code_1: shown(app.clock.now()) }).submit(),
    prove: (visitor) => visitor.fill({ code: shown(app.clock.now()) }).submit(),
  };
  const email: Proof = {
    kind: 'email',
    async enrol(visitor) {
      await visitor.submit(/send me a code/i);
      await visitor.fill({ code: await mailed() }).submit();
    },
    prove: async (visitor) => visitor.fill({ code: await mailed() }).submit(),
  };

  it.each<readonly [string, Proof, string, readonly string[]]>([
    ['an authenticator app', app6, 'mfa', ['pwd', 'otp', 'mfa']],
    ['a token by Credential ID', token, 'mfa', ['pwd', 'otp', 'mfa']],
    ['a text message', phone('sms'), 'mfa', ['pwd', 'sms', 'mfa']],
    ['a voice call', phone('voice'), 'mfa', ['pwd', 'tel', 'mfa']],
    ['a device-bound passkey, user verified', passkey(flags.up | flags.uv), 'phr', ['pwd', 'hwk', 'user', 'mfa']],
    ['a device-bound passkey, user present', passkey(flags.up), 'phr', ['pwd', 'hwk', 'mfa']],
    ['a synced passkey', passkey(flags.up | flags.uv | flags.be | flags.bs), 'phr', ['pwd', 'swk', 'user', 'mfa']],
    ['a recovery code', recovery, 'mfa', ['pwd', 'otp', 'mfa']],
    ['a code by email', email, 'single', ['pwd', 'otp']],
  ])('password and %s', async (_, proof, acr, amr) => {
    if (proof.kind === 'token') {
      const file = `credential_id,kind,seed_base64\nGHST12345678,totp,${tokenSecret}\n`;
      await app.app.tokens.import({ realm: 'web1', source: parts(file) }, operator);
    }
    await say('secondFactor', proof.kind === 'email' ? 'optional' : 'required');
    await say('methods', [proof.kind, ...(proof.methods ?? [])]);
    const person = await somebody(app, 'web1', { hasApp: false });
    const first = await begin(person);
    await first.visitor.submit(/get started/i);
    await proof.enrol(first.visitor);
    // What was proven in setting up says the same; a handed-out recovery code proves nothing, the app did.
    expect(await first.finish()).toMatchObject({ acr, amr });

    app.clock.advance(120_000);
    const later = await begin(person);
    expect(later.visitor.page.step).toBe('challenge');
    await proof.prove(later.visitor);
    expect(await later.finish()).toEqual({ acr, amr, authTime: Math.floor(app.clock.now().getTime() / 1000) });
  });

  it('a password alone', async () => {
    await say('secondFactor', 'off');
    const { finish } = await begin(await somebody(app, 'web1', { hasApp: false }));
    expect(await finish()).toMatchObject({ acr: 'single', amr: ['pwd'] });
  });

  it('a user-verified passkey alone, where policy takes it for the whole sign-in', async () => {
    await say('secondFactor', 'required');
    await say('methods', ['passkey']);
    await say('passkeySignIn', 'yes');
    const person = await somebody(app, 'web1', { hasApp: false });
    const authenticator = anAuthenticator();
    const first = await begin(person);
    await first.visitor.submit(/get started/i);
    const shownOptions = JSON.parse(first.visitor.page.attribute('[data-options]', 'data-options') ?? '{}') as {
      readonly user: { readonly id: string };
    };
    const registered = only(formOf(authenticator.create(optionsOn(first.visitor))));
    await first.visitor.fill(registered).submit();
    await first.finish();

    const visitor = aBrowser(app, { stopAt: [app.demoOrigin] });
    const begun = await portal.begin();
    await visitor.visit(begun.address);
    const answer = authenticator.get({ ...optionsOn(visitor), userHandle: shownOptions.user.id });
    await visitor.fill(only(formOf(answer))).submit('/alone/passkey');
    portal.answer(visitor);
    const claims = (await portal.finish(begun, visitor.page.location)).claims();
    expect(claims).toMatchObject({ acr: 'phr', amr: ['hwk', 'user', 'mfa'] });
  });
});
