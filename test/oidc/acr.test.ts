import { answeredAcr, reaches, requestedAcr } from '../../src/oidc/acr.ts';

describe('levels', () => {
  it.each([
    ['single', 'single', true],
    ['single', 'mfa', false],
    ['mfa', 'single', true],
    ['phr', 'mfa', true],
    ['mfa', 'phr', false],
    ['phr', 'urn:example:gold', false],
    [undefined, 'single', false],
    [undefined, 'urn:example:gold', false],
  ])('a session of %s reaches %s: %s', (have, wanted, does) => {
    expect(reaches(have, wanted)).toBe(does);
  });

  const claims = (acr: unknown) => JSON.stringify({ id_token: { acr } });
  it.each([
    [{}, [], []],
    [{ acr_values: 'phr  mfa' }, ['phr', 'mfa'], []],
    [{ claims: claims(null) }, [], []],
    [{ claims: claims({ values: ['mfa'] }) }, [], []],
    [{ claims: claims({ essential: true }) }, [], []],
    [{ claims: claims({ essential: true, value: 'mfa' }) }, [], ['mfa']],
    [{ claims: claims({ essential: true, values: ['phr', 'mfa', 1] }) }, [], ['phr', 'mfa', '1']],
    [{ claims: claims({ essential: true, values: [1, null] }) }, [], ['1', 'null']],
    [{ claims: claims({ essential: true, values: 'mfa' }) }, [], ['mfa']],
    [{ claims: claims({ essential: true, value: { is: 'mfa' } }) }, [], ['{"is":"mfa"}']],
    [{ claims: claims({ essential: 'true', values: ['mfa'] }) }, [], []],
    [{ claims: '{"userinfo":{}}', acr_values: 'mfa' }, ['mfa'], []],
  ])('%j asks for %j, and insists on %j', (params, acrValues, essentialAcr) => {
    expect(requestedAcr(params)).toEqual({ acrValues, essentialAcr });
  });

  it.each([
    ['phr', [], 'phr'],
    ['phr', ['mfa'], 'mfa'],
    ['phr', ['phr', 'mfa'], 'phr'],
    ['single', ['mfa'], 'single'],
    [undefined, ['mfa'], undefined],
  ])('a session of %s answers essential %j with %s', (have, essentialAcr, says) => {
    expect(answeredAcr(have, { acrValues: [], essentialAcr })).toBe(says);
  });
});
