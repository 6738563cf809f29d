import type { AuthenticatorPage, OutboxPage, StartPage } from '../../src/dev/page-models.ts';
import type { ErrorPage, LayoutModel } from '../../src/http/index.ts';
import type {
  DeviceCodeModel,
  DeviceConfirmModel,
  DeviceDoneModel,
  SignedOutModel,
  SignOutModel,
} from '../../src/oidc/page-models.ts';
import type { EmailFactor, RecoveryEnrolFactor } from '../../src/sign-in/factor-page-models.ts';
import type * as SignIn from '../../src/sign-in/page-models.ts';
import { portal, sampleFactor } from './sample-parts.ts';
import { phonePages } from './sample-phone.ts';
import { tokenPages } from './sample-token-pages.ts';

/** One page as a person may meet it: what its route gives, and what stands in its fields. */
export interface SamplePage {
  readonly view: string;
  readonly step: string;
  readonly titleKey: string;
  readonly model: object;
  readonly values?: Readonly<Record<string, string>>;
  /** Field → catalogue key and params. */
  readonly faults?: Readonly<Record<string, readonly [key: string, params?: Readonly<Record<string, number>>]>>;
  readonly person?: LayoutModel['person'];
  readonly portal?: LayoutModel['portal'];
  /** A page of the whole site, outside of realms. */
  readonly isSite?: true;
}

const open = { action: '/there', cancelAction: '/back' };
const known = { label: 'mia@web1.example', notYouHref: '/start-over' };
const masked = { ...known, label: 'm•••@web1.example' };
const signIn = (step: string, model: object, more: Partial<SamplePage> = {}): SamplePage => ({
  view: `sign-in/${step}`,
  step,
  titleKey: `sign-in.${step}.title`,
  model,
  portal,
  ...more,
});

const password: SignIn.PasswordPage = { ...open, isReturning: false, alone: [], autofill: '' };
const tenCodes = Array.from({ length: 10 }, (_, n) => `7Q2M-XK4D-9VBT${n}`);
const recoveryCodes: RecoveryEnrolFactor = {
  codes: tenCodes,
  text: tenCodes.join('\n'),
  download: 'data:text/plain,x',
};
const alonePasskey = { kind: 'passkey', action: '/alone/passkey', autofill: 'webauthn', factor: { options: '{}' } };
const newPassword: SignIn.NewPasswordPage = { ...open, minLength: 15, maxLength: 1024, why: 'too_short' };
const protectAccount: SignIn.ProtectAccountPage = {
  ...open,
  startAction: '/start',
  canPostpone: true,
  postponeAction: '/later',
  postponeUntil: undefined,
  postponementsLeft: undefined,
  kinds: [{ kind: 'totp' }],
  isRequired: false,
};
const kinds = [{ kind: 'passkey' }, { kind: 'totp' }];
const chooseOrganization: SignIn.ChooseOrganizationPage = {
  ...open,
  organizations: [
    { id: 'acme', name: 'Acme Ltd.' },
    { id: 'north', name: 'Sales', within: 'North › Client' },
    { id: 'south', name: 'Sales', within: 'South' },
  ],
};
const chooseMethod: SignIn.ChooseMethodPage = { ...open, kinds, canPostpone: true, postponeAction: '/later' };
const secondMethod: SignIn.SecondMethodPage = {
  ...open,
  kinds: [{ kind: 'totp' }],
  canSkip: true,
  skipAction: '/skip',
};
const summary: SignIn.SummaryPage = {
  ...open,
  methods: [
    { kind: 'passkey', name: 'This telephone', place: 'primary' },
    { kind: 'totp', name: undefined, place: 'secondary' },
    { kind: 'recovery', name: undefined, place: 'backup' },
  ],
};
const enrol: SignIn.EnrolPage = {
  ...open,
  kind: 'totp',
  factor: sampleFactor.enrol,
  resend: undefined,
  againAction: undefined,
  canPostpone: true,
  postponeAction: '/later',
  chooseAction: undefined,
  otherKinds: [],
};
const emailFactor: EmailFactor = { to: 'm…@web1.example', isSent: true, minutes: 10, digits: 6 };
const challenge: SignIn.ChallengePage = {
  ...open,
  kind: 'totp',
  methodName: 'Mia’s phone',
  digits: 6,
  factor: sampleFactor.challenge,
  resend: undefined,
  attemptsLeft: undefined,
  otherMethods: [],
  methodAction: '/method',
  areOthersHeld: false,
  rememberDays: 0,
};
const eightDigits: SignIn.ChallengePage = {
  ...challenge,
  digits: 8,
  factor: { ...sampleFactor.challenge, digits: 8 },
  attemptsLeft: 2,
  otherMethods: [{ id: 'm2', kind: 'totp', name: 'Tablet' }],
  rememberDays: 30,
};
const consent: SignIn.ConsentPage = { ...open, scopes: ['profile', 'email', 'offline_access'], resources: ['Orders'] };
const held: SignIn.HeldPage = {
  until: new Date('2026-11-23T14:12:00Z'),
  what: 'password',
  retryHref: '/again',
  cancelAction: '/back',
};
const refused: SignIn.RefusedPage = { why: 'second_factor_locked', cancelAction: '/back' };
const expired: SignIn.ExpiredPage = { why: 'expired' };
const cookiesOff: SignIn.CookiesOffPage = { why: 'no_cookies' };
const invitation: SignIn.InvitationPage = {
  stage: 'password',
  action: '/there',
  minLength: 15,
  maxLength: 1024,
  portals: [],
};
const signOut: SignOutModel = { action: '/there', xsrf: 'sample', portal: 'Webmail' };
const signedOut: SignedOutModel = { portal: 'Webmail', homeUrl: portal.homeUrl };
const deviceCode: DeviceCodeModel = { action: '/device' };
const deviceConfirm: DeviceConfirmModel = { action: '/device/confirm/a', userCode: 'BCDF-GHJK', portal: 'TV' };
const device = (page: 'code' | 'confirm' | 'done', model: object, more: Partial<SamplePage> = {}): SamplePage =>
  signIn(`device-${page}`, model, { portal: undefined, ...more });
const error: ErrorPage = {
  status: 500,
  code: 'internal',
  text: 'This is our fault, not yours. Try again in a moment.',
  retryAfterS: undefined,
  retryHref: undefined,
};
const start: StartPage = {
  realms: [
    {
      id: 'web1',
      name: 'Web1 Messaging',
      about: 'A password, then a code from an authenticator app. Who has none yet sets one up.',
      portals: [{ name: 'Webmail', href: '/web1-mail' }],
      people: [
        {
          name: 'Mia Berg',
          about: 'Is led to set up an app at the first sign-in.',
          identifier: 'mia@web1.example',
          password: 'correct horse battery staple',
          hasAuthenticator: false,
          tokens: [],
        },
        {
          name: 'Otto Owner',
          about: undefined,
          identifier: 'owner@web1.example',
          password: 'a long walk by the river',
          hasAuthenticator: true,
          tokens: ['GHST12345678'],
        },
      ],
      discoveryHref: 'http://localhost:4000/realms/web1/.well-known/openid-configuration',
      accent: '#0f6e5c',
      accentInk: '#ffffff',
      mark: 'W1',
    },
    {
      id: 'plain',
      name: 'Plain',
      about: 'A password is enough, and the portal asks before it learns anything.',
      portals: [
        { name: 'Notes', href: '/plain-notes' },
        { name: 'Shared notes', href: '/shared-notes' },
      ],
      people: [
        {
          name: 'Paula Plain',
          about: undefined,
          identifier: 'paula',
          password: undefined,
          hasAuthenticator: false,
          tokens: [],
        },
      ],
      discoveryHref: 'http://localhost:4000/realms/plain/.well-known/openid-configuration',
      accent: '#8a3b12',
      accentInk: '#ffffff',
      mark: 'P',
    },
  ],
  outboxHref: '/dev/outbox',
  authenticatorHref: '/dev/authenticator',
};
const outbox: OutboxPage = {
  messages: [
    {
      id: 'a1',
      at: '2026-11-23T14:00:00Z',
      realm: 'web1',
      channel: 'mail',
      to: 'mia@web1.example',
      subject: 'A second step was added to your account',
      text: 'Hello Mia Berg,\n\n“Authenticator app” can be used from now on to sign in to your account at Web1 Messaging.\n',
      keysAction: undefined,
    },
    {
      id: 'a0',
      at: '2026-11-23T13:59:00Z',
      realm: 'web1',
      channel: 'voice',
      to: '+4915123456789',
      subject: 'Telephone call',
      text: 'Hello. This is the sign-in of Web1 Messaging. If you are not signing in, press 0. Key in the six digits that the sign-in page shows.',
      keysAction: '/dev/outbox/a0/keys',
    },
  ],
  olderHref: '/dev/outbox?after=a1',
};
const authenticator: AuthenticatorPage = {
  accounts: [
    {
      label: 'Otto Owner',
      issuer: 'Web1 Messaging',
      code: '482913',
      codeSpaced: '482 913',
      nextCode: '019284',
      periodS: 30,
      remainingS: 19,
      isPasted: false,
    },
  ],
  fault: 'not_base32',
  pasted: 'hello 1890',
  action: '/dev/authenticator',
  reloadHref: '/dev/authenticator',
  refreshS: 19,
};

/** Every page, under the name of its picture. */
export const samplePages: Readonly<Record<string, SamplePage>> = {
  ...tokenPages,
  password: signIn('password', password),
  'password-wrong': signIn('password', password, {
    values: { identifier: 'mia@web1.example' },
    faults: { password: ['fault.password_wrong'] },
  }),
  'password-wait': signIn('password', password, {
    values: { identifier: 'mia@web1.example' },
    faults: { '': ['fault.wait', { seconds: 8 }] },
  }),
  'password-returning': signIn(
    'password',
    { ...password, isReturning: true },
    {
      person: known,
      values: { identifier: 'mia@web1.example' },
    },
  ),
  'new-password': signIn('new-password', newPassword, { person: known }),
  'protect-account': signIn('protect-account', protectAccount, { person: known }),
  'protect-account-later': signIn(
    'protect-account',
    {
      ...protectAccount,
      kinds,
      isRequired: true,
      postponeUntil: new Date('2026-12-01T00:00:00Z'),
      postponementsLeft: 3,
    },
    { person: known },
  ),
  'choose-organization': signIn('choose-organization', chooseOrganization, { person: known }),
  'choose-method': signIn('choose-method', chooseMethod, { person: known }),
  'second-method': signIn('second-method', secondMethod, { person: known }),
  'second-method-required': signIn('second-method', { ...secondMethod, canSkip: false }, { person: known }),
  summary: signIn('summary', summary, { person: known }),
  'enrol-email': {
    view: 'factors/email/enrol',
    step: 'enrol-email',
    titleKey: 'factor.email.enrol.title',
    model: { ...enrol, kind: 'email', factor: { ...emailFactor, isSent: false } },
    portal,
    person: masked,
  },
  'enrol-email-code': {
    view: 'factors/email/enrol-code',
    step: 'enrol-email',
    titleKey: 'factor.email.enrol-code.title',
    model: {
      ...enrol,
      ...{ kind: 'email', factor: emailFactor, againAction: '/again', resend: { action: '/resend', at: undefined } },
    },
    portal,
    person: masked,
  },
  'challenge-email': {
    view: 'factors/email/challenge',
    step: 'challenge',
    titleKey: 'factor.email.challenge.title',
    model: {
      ...challenge,
      ...{ kind: 'email', factor: emailFactor },
      resend: { action: '/resend', at: new Date('2026-11-23T14:00:30Z') },
    },
    portal,
    person: masked,
  },
  'enrol-chosen': {
    view: 'factors/totp/enrol',
    step: 'enrol-app',
    titleKey: 'factor.totp.enrol.title',
    model: { ...enrol, chooseAction: '/choose', otherKinds: kinds },
    portal,
    person: known,
  },
  enrol: {
    view: 'factors/totp/enrol',
    step: 'enrol-app',
    titleKey: 'factor.totp.enrol.title',
    model: enrol,
    portal,
    person: known,
  },
  challenge: {
    view: 'factors/totp/challenge',
    step: 'challenge',
    titleKey: 'factor.totp.challenge.title',
    model: challenge,
    portal,
    person: masked,
  },
  'challenge-wrong': {
    view: 'factors/totp/challenge',
    step: 'challenge',
    titleKey: 'factor.totp.challenge.title',
    model: eightDigits,
    portal,
    person: masked,
    values: { code: '493', remember_browser: 'yes' },
    faults: { code: ['fault.code_malformed'] },
  },
  'password-or-passkey': signIn('password', { ...password, alone: [alonePasskey], autofill: ' webauthn' }),
  'enrol-passkey': {
    view: 'factors/passkey/enrol',
    step: 'enrol-passkey',
    titleKey: 'factor.passkey.enrol.title',
    model: {
      ...enrol,
      kind: 'passkey',
      factor: { options: '{}' },
      otherKinds: [{ kind: 'totp', href: '/enrol/totp' }],
    },
    portal,
    person: known,
  },
  'challenge-passkey': {
    view: 'factors/passkey/challenge',
    step: 'challenge',
    titleKey: 'factor.passkey.challenge.title',
    model: { ...challenge, kind: 'passkey', digits: undefined, factor: { options: '{}' }, areOthersHeld: true },
    portal,
    person: masked,
    faults: { '': ['factor.passkey.fault.wrong'] },
  },
  'recovery-codes': {
    view: 'factors/recovery/enrol',
    step: 'recovery-codes',
    titleKey: 'factor.recovery.enrol.title',
    model: { ...enrol, kind: 'recovery', canPostpone: false, factor: recoveryCodes },
    portal,
    person: known,
  },
  ...phonePages(enrol, challenge, { portal, person: known }),
  'challenge-recovery': {
    view: 'factors/recovery/challenge',
    step: 'challenge',
    titleKey: 'factor.recovery.challenge.title',
    model: { ...challenge, kind: 'recovery', digits: undefined, factor: { left: 4 } },
    portal,
    person: masked,
    faults: { code: ['factor.recovery.fault.wrong'] },
  },
  consent: signIn('consent', consent, { person: known }),
  held: signIn('held', held),
  refused: signIn('refused', refused),
  expired: signIn('expired', expired),
  finished: signIn('finished', {}),
  'cookies-off': signIn('cookies-off', cookiesOff),
  invitation: signIn('invitation', invitation, { portal: undefined, person: { ...known, notYouHref: undefined } }),
  'invitation-done': signIn('invitation', { ...invitation, stage: 'done', portals: [portal] }, { portal: undefined }),
  'invitation-invalid': signIn('invitation', { ...invitation, stage: 'invalid' }, { portal: undefined }),
  'device-code': device('code', deviceCode),
  'device-code-wrong': device('code', deviceCode, {
    values: { user_code: 'BCDF-GHJX' },
    faults: { user_code: ['sign-in.device-code.unknown'] },
  }),
  'device-confirm': device('confirm', deviceConfirm),
  'device-done': device('done', { outcome: 'allowed', portal: 'TV' } satisfies DeviceDoneModel),
  'device-declined': {
    ...device('done', { outcome: 'declined', portal: undefined } satisfies DeviceDoneModel),
    titleKey: 'sign-in.device-done.title-declined',
  },
  'sign-out': signIn('sign-out', signOut, { titleKey: 'sign_out.title', portal: undefined }),
  'signed-out': signIn('signed-out', signedOut, { titleKey: 'signed_out.title', portal: undefined }),
  error: { view: 'error', step: 'error', titleKey: 'error.title', model: error },
  'dev-start': { view: 'dev/start', step: 'dev-start', titleKey: 'dev.start', model: start, isSite: true },
  'dev-outbox': { view: 'dev/outbox', step: 'dev-outbox', titleKey: 'dev.outbox', model: outbox, isSite: true },
  'dev-authenticator': {
    view: 'dev/authenticator',
    step: 'dev-authenticator',
    titleKey: 'dev.authenticator',
    model: authenticator,
    isSite: true,
  },
};
