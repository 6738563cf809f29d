import Keygrip from 'keygrip';
import { CookieSignatures } from '../../src/oidc/cookie-signatures.ts';

describe('signatures of cookies', () => {
  const keys = ['newest', 'older'];
  const ours = new CookieSignatures(keys);

  it('are those of Keygrip, so that cookies signed before stay valid', () => {
    const theirs = new Keygrip(keys);
    for (const data of ['', '__Host-web1-session=abc', 'ü=ö', 'a'.repeat(300)]) {
      expect(ours.sign(data)).toBe(theirs.sign(data));
      expect(ours.verify(data, theirs.sign(data))).toBe(true);
    }
  });

  it('say which key made them, so that the browser gets one by the newest', () => {
    expect(ours.index('a=b', new CookieSignatures(['newest']).sign('a=b'))).toBe(0);
    expect(ours.index('a=b', new CookieSignatures(['older']).sign('a=b'))).toBe(1);
  });

  it.each(['', 'x', new CookieSignatures(['another']).sign('a=b'), ours.sign('a=c')])('refuse %j', (signature) => {
    expect(ours.verify('a=b', signature)).toBe(false);
    expect(ours.index('a=b', signature)).toBe(-1);
  });
});
