import type { SamplePage } from './sample-pages.ts';
import { portal } from './sample-parts.ts';

const open = { action: '/there', cancelAction: '/back' };
const enrol = {
  ...open,
  kind: 'token',
  factor: { codes: 1 },
  canPostpone: true,
  postponeAction: '/later',
  otherKinds: [{ kind: 'totp', href: '/enrol/totp' }],
};
const timed = { credentialId: 'GHST12345678', digits: 6, kind: 'totp', periodS: 30, isOutOfStep: false };
const challenge = {
  ...open,
  kind: 'token',
  methodName: undefined,
  digits: 6,
  factor: timed,
  attemptsLeft: undefined,
  otherMethods: [],
  methodAction: '/method',
  areOthersHeld: false,
};
const page = (name: 'enrol' | 'challenge', model: object): SamplePage => ({
  view: `factors/token/${name}`,
  step: name === 'enrol' ? 'enrol-token' : 'challenge',
  titleKey: `factor.token.${name}.title`,
  model,
  portal,
  person: { label: 'mia@web1.example', notYouHref: '/start-over' },
});

export const tokenPages: Readonly<Record<string, SamplePage>> = {
  'enrol-token': page('enrol', enrol),
  'enrol-token-refused': {
    ...page('enrol', enrol),
    values: { credential_id: 'ghst 1234 5678', name: 'Key ring' },
    faults: { '': ['factor.token.fault.not-registered'] },
  },
  'enrol-token-two': {
    ...page('enrol', { ...enrol, factor: { codes: 2 }, otherKinds: [], canPostpone: false }),
    faults: { security_code_2: ['fault.code_malformed'] },
  },
  'challenge-token': page('challenge', challenge),
  'challenge-token-out-of-step': {
    ...page('challenge', {
      ...challenge,
      ...{ methodName: 'Key ring', digits: 8, attemptsLeft: 2 },
      factor: { ...timed, digits: 8, kind: 'hotp', isOutOfStep: true },
    }),
    faults: { code: ['factor.token.fault.wrong'], next_code: ['fault.code_malformed'] },
  },
};
