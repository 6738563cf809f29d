import { validateRequest } from 'twilio/lib/webhooks/webhooks.js';
import type { CallScript } from '../../../src/messaging/telephony/gateway.ts';
import { createAddresses } from '../../../src/messaging/twilio/addresses.ts';
import { aKeyring } from '../../support/store.ts';

describe('the addresses that Twilio calls back', () => {
  const addresses = createAddresses({ origin: 'https://id.example.com', keyring: aKeyring() });
  const script: CallScript = {
    ...{ id: 'send-1', realmName: 'Wéb & Co', lang: 'de', code: '482913', turn: 1, until: '2026-03-02T09:10:00.000Z' },
    backup: { number: '+12025550141', extension: '1,2' },
  };
  const sealedIn = (address: string) => new URL(address).searchParams.get('script') ?? '';

  it('are made from what is configured, and carry the script back as it was', () => {
    const address = addresses.of('voice', 'send-1', script);
    expect(address).toMatch(/^https:\/\/id\.example\.com\/webhooks\/twilio\/voice\/send-1\?script=/);
    expect(addresses.scriptIn('send-1', sealedIn(address))).toEqual(script);
    expect(addresses.of('status', 'send-1')).toBe('https://id.example.com/webhooks/twilio/status/send-1');
  });

  it('tell neither code nor number, and the script of one send is nothing to another', () => {
    const address = addresses.of('voice', 'send-1', script);
    expect(address).not.toContain('482913');
    expect(address).not.toContain('12025550141');
    expect(addresses.scriptIn('send-2', sealedIn(address))).toBeUndefined();
  });

  it.each(['', 'nonsense', 'test.AAAA', 'other.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'])(
    'hold no script in %j',
    (sealed) => {
      expect(addresses.scriptIn('send-1', sealed)).toBeUndefined();
    },
  );

  // The example of Twilio's documentation of webhook security.
  it('are believed with the signature of Twilio’s own example, and with no other', () => {
    const address = 'https://mycompany.com/myapp.php?foo=1&bar=2';
    const fields = {
      ...{ CallSid: 'CA1234567890ABCDE', Caller: '+12349013030', Digits: '1234' },
      ...{ From: '+12349013030', To: '+18005551212' },
    };
    expect(validateRequest('12345', '0/KCTR6DLpKmkAf8muzZqo1nDgQ=', address, fields)).toBe(true);
    expect(validateRequest('12345', '0/KCTR6DLpKmkAf8muzZqo1nDgQ=', address, { ...fields, Digits: '1235' })).toBe(
      false,
    );
    expect(validateRequest('12346', '0/KCTR6DLpKmkAf8muzZqo1nDgQ=', address, fields)).toBe(false);
    expect(validateRequest('12345', '', address, fields)).toBe(false);
  });
});
