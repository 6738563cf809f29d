import type { CDPSession, Page } from 'playwright-core';
import type { RunningApp } from '../../support/app.ts';
import type { Asked, TwilioServer } from '../../support/twilio.ts';
import { operator, parts, press, secret as tokenSecret } from '../../tokens/tokens-for-tests.ts';
import { submit } from './visits.ts';

/** One person at their browser, with what they carry. */
export interface Carrying {
  readonly app: RunningApp;
  readonly page: Page;
  readonly twilio: TwilioServer;
  readonly name: string;
  /** The how-manieth of these people: makes numbers and Credential IDs. */
  readonly nth: number;
  /** Base32 of their authenticator app, once it was set up. */
  secret: string;
  /** The next code of their counter token. */
  presses: number;
  /** The call that they answered last. */
  answered: Asked | undefined;
  /** Their recovery codes. */
  codes: string[];
}

/** How a person of a kind goes through its pages. Each act begins on the page it is for, and ends by sending its form. */
export interface FactorKind {
  readonly kind: string;
  /** What `policy.methods` allows. */
  readonly methods: readonly string[];
  prepare?(own: Carrying): Promise<void>;
  enrol(own: Carrying): Promise<void>;
  prove(own: Carrying): Promise<void>;
  fail(own: Carrying): Promise<void>;
  /** From the challenge of their primary method to this one. */
  choose?(own: Carrying): Promise<void>;
}

const type = async (page: Page, code: string) => {
  await page.fill('[name=code]', code);
  await submit(page);
};
const another = (code: string) => (code === '111111' ? '222222' : '111111');

const app: FactorKind = {
  kind: 'totp',
  methods: ['totp'],
  async enrol(own) {
    own.secret = (await own.page.locator('[data-secret]').innerText()).replaceAll(/\s/g, '');
    await type(own.page, own.app.code(own.secret));
  },
  prove: (own) => type(own.page, own.app.code(own.secret)),
  fail: (own) => type(own.page, farFrom(own)),
};

/** A code that the app shows neither now nor near. */
function farFrom({ app: running, secret }: Carrying): string {
  const near = [-2, -1, 0, 1, 2].map((steps) => running.code(secret, steps));
  return ['111111', '222222', '333333', '444444', '555555', '666666'].find((code) => !near.includes(code)) ?? '';
}

const byPhone = (channel: 'sms' | 'voice'): FactorKind => {
  const hear = async (own: Carrying) => {
    const { last } = own.twilio;
    if (channel === 'voice' && own.answered !== last) await own.twilio.listen();
    own.answered = last;
    return own.twilio.code;
  };
  return {
    kind: 'phone',
    methods: ['phone'],
    async enrol(own) {
      await own.page.fill('[name=phone]', `+4915123456${700 + own.nth}`);
      await own.page.locator(`[name=channel][value=${channel}]`).check();
      await submit(own.page);
      await own.page.locator('[name=code]').waitFor();
      await type(own.page, await hear(own));
    },
    prove: async (own) => type(own.page, await hear(own)),
    fail: async (own) => type(own.page, another(await hear(own))),
  };
};

const token: FactorKind = {
  kind: 'token',
  methods: ['token'],
  async prepare({ app: running, nth }) {
    const file = `credential_id,kind,seed_base64\n${idOf(nth)},hotp,${tokenSecret}\n`;
    await running.app.tokens.import({ realm: 'web1', source: parts(file) }, operator);
  },
  async enrol(own) {
    await own.page.fill('[name=credential_id]', idOf(own.nth));
    await own.page.fill('[name=security_code_1]', press((own.presses += 1)));
    await submit(own.page);
  },
  prove: (own) => type(own.page, press((own.presses += 1))),
  fail: (own) => type(own.page, press(900)),
};
const idOf = (nth: number) => `GHMB${String(nth).padStart(8, '0')}`;

const email: FactorKind = {
  kind: 'email',
  methods: ['email'],
  async enrol(own) {
    await submit(own.page);
    await own.page.locator('[name=code]').waitFor();
    await type(own.page, await mailed(own));
  },
  prove: async (own) => type(own.page, await mailed(own)),
  fail: async (own) => type(own.page, another(await mailed(own))),
};

/** The newest code that was mailed to them. */
async function mailed({ app: { app: running }, name }: Carrying): Promise<string> {
  await running.drain();
  while ((await running.messaging.workOnce()) > 0);
  const { items } = await running.messaging.outbox.list({ limit: 200 });
  const mail = items.find(({ to, text }) => to === `${name}@web1.example` && /\b\d{6}\b/.test(text));
  return /\b\d{6}\b/.exec(mail?.text ?? '')?.[0] ?? '';
}

const recovery: FactorKind = {
  kind: 'recovery',
  methods: ['totp', 'recovery'],
  async enrol(own) {
    await app.enrol(own);
    await own.page.locator('main[data-step=recovery-codes]').waitFor();
    own.codes = await own.page.locator('#codes code').allInnerTexts();
    await submit(own.page);
  },
  choose: ({ page }) => page.getByRole('button', { name: 'Recovery codes' }).click(),
  prove: (own) => type(own.page, own.codes.shift() ?? ''),
  fail: (own) => type(own.page, '0000 0000 00000'),
};

export const kindsOfCodes: Readonly<Record<string, FactorKind>> = {
  'an authenticator app': app,
  'a text message': byPhone('sms'),
  'a call': byPhone('voice'),
  'a token by Credential ID': token,
  'a code by email': email,
  'recovery codes': recovery,
};

/** Gives a page Chromium's own authenticator in software. */
export async function addAuthenticator(page: Page): Promise<{ readonly session: CDPSession; readonly id: string }> {
  const session = await page.context().newCDPSession(page);
  await session.send('WebAuthn.enable', { enableUI: false });
  const { authenticatorId: id } = await session.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      ...{ protocol: 'ctap2', transport: 'internal', hasResidentKey: true },
      ...{ hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true },
    },
  });
  return { session, id };
}
