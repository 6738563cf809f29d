import { defaultPrices } from '../../../src/messaging/allowance/defaults.ts';
import { numberFacts } from '../../../src/messaging/allowance/numbers.ts';
import { microsOf, priceMicros } from '../../../src/messaging/allowance/prices.ts';

describe('what a message costs', () => {
  const prices = [
    { prefix: '49', sms: 0.1, voice: 0.05 },
    { prefix: '*', sms: 1, voice: 2 },
    { prefix: '4915', sms: 0.2, voice: 0.06 },
  ];
  it.each([
    ['+4915112345678', 'sms', 200_000],
    ['+4917112345678', 'sms', 100_000],
    ['+4917112345678', 'voice', 50_000],
    ['+12025550140', 'voice', 2_000_000],
  ] as const)('%s by %s: %d millionths, by the longest prefix that fits', (number, channel, micros) => {
    expect(priceMicros(prices, number, channel)).toBe(micros);
  });

  it('an island of the North American plan is dearer than the mainland by the estimates that come along', () => {
    expect(priceMicros(defaultPrices, '+18765551234', 'sms')).toBeGreaterThan(
      priceMicros(defaultPrices, '+12025550140', 'sms'),
    );
    expect(priceMicros(defaultPrices, '+882161234567', 'sms')).toBe(microsOf(0.3));
  });
});

describe('what kind of number it is', () => {
  it.each([
    ['a mobile', '+4915123456789', 'DE', '49', true],
    ['an American number', '+12025550123', 'US', '1', true],
    ['a landline', '+442079460018', 'GB', '44', true],
    ['premium', '+449098790000', 'GB', '44', false],
    ['premium, in America', '+19005551234', 'US', '1', false],
    ['toll-free', '+18005551234', 'US', '1', false],
    ['shared cost', '+498012345678', 'DE', '49', false],
    ['a personal number', '+447012345678', 'GB', '44', false],
    ['voice over the internet', '+445612345678', 'GB', '44', false],
    ['a satellite', '+870773111632', undefined, '870', true],
    ['an international network', '+882161234567', undefined, '882', false],
    ['a range that nobody has', '+447700900123', undefined, '44', false],
  ])('fault 48: %s (%s)', async (_what, number, country, dialCode, isOrdinary) => {
    expect(await numberFacts(number)).toMatchObject({ country, dialCode, isOrdinary });
  });

  it.each(['', '+', '12025550123', '+1202555012345678', '+0123456789', '+49 151 23456789', "+49'"])(
    'takes only E.164: %p',
    async (number) => {
      expect(await numberFacts(number)).toBeUndefined();
    },
  );
});
