import type { PageModel } from '../../src/factors/index.ts';
import type { ChallengePage, EnrolPage } from '../../src/sign-in/page-models.ts';
import type { SamplePage } from './sample-pages.ts';

const ways = ['sms', 'voice', 'key'];
const texted: PageModel = {
  ...{ lastTwo: '40', ways, way: 'sms', shown: undefined, shownSpaced: undefined },
  ...{ news: 'sms-delivered', tone: 'good', isWaiting: false, isLost: false },
};
const unreachable = { ...texted, news: 'sms-unreachable', tone: 'warn' };
const keyed = {
  ...{ ...texted, way: 'key', shown: '482913', shownSpaced: '482 913' },
  ...{ news: 'voice-taken', tone: undefined, isWaiting: true, goesOnAlone: true },
};
const resend = { action: '/resend', at: undefined };

/** The pages of codes by telephone, made of the samples of others. */
export function phonePages(
  enrol: EnrolPage,
  challenge: ChallengePage,
  around: Pick<SamplePage, 'portal' | 'person'>,
): Readonly<Record<string, SamplePage>> {
  const otherKinds = [{ kind: 'totp', href: '/enrol/totp' }];
  const page = (view: string, step: string, model: object, faults: SamplePage['faults'] = {}): SamplePage => ({
    ...{ view: `factors/phone/${view}`, step, titleKey: `factor.phone.${view}.title`, model, faults, ...around },
  });
  const asked = (factor: PageModel, faults?: SamplePage['faults']) =>
    page('challenge', 'challenge', { ...challenge, kind: 'phone', factor, resend }, faults);
  const first = { ...enrol, kind: 'phone', factor: { ways, way: 'sms', canCall: true }, otherKinds };
  return {
    'enrol-phone': page('enrol', 'enrol-phone', first),
    'enrol-phone-wrong': page('enrol', 'enrol-phone', first, { phone: ['factor.phone.fault.unsuitable'] }),
    'enrol-phone-code': page('enrol-code', 'enrol-phone', {
      ...{ ...enrol, kind: 'phone', factor: texted, resend, againAction: '/again' },
    }),
    'challenge-phone': asked(unreachable, { code: ['factor.phone.fault.wrong'] }),
    'challenge-phone-call': asked(keyed),
    'challenge-phone-closed': asked({
      ...texted,
      ways: [],
      way: undefined,
      news: 'closed',
      tone: 'warn',
      isLost: true,
    }),
    'challenge-phone-sim': asked({ ...texted, news: 'sim-changed', tone: 'warn', isLost: true }),
  };
}
