import type { Factor } from '../../src/factors/index.ts';
import type { Realm } from '../../src/realm/index.ts';
import { createReachableAcr } from '../../src/sign-in/index.ts';

const kinds = new Map(
  [
    ['totp', 'mfa'],
    ['passkey', 'phr'],
    ['email', 'none'],
  ].map(([kind, strength]) => [kind, { kind, strength } as unknown as Factor] as [string, Factor]),
);
const realm = (methods?: readonly string[]) =>
  ({ id: 'r', name: 'R', policy: methods === undefined ? {} : { methods } }) as unknown as Realm;

describe('the levels that discovery names', () => {
  it.each([
    [undefined, ['single', 'mfa', 'phr']],
    [['passkey'], ['single', 'mfa', 'phr']],
    [['totp'], ['single', 'mfa']],
    [
      ['totp', 'email'],
      ['single', 'mfa'],
    ],
    [['email'], ['single']],
    [[], ['single']],
  ])('where %j may be used are %j', (methods, levels) => {
    expect(createReachableAcr({ kinds })(realm(methods))).toEqual(levels);
  });
});
