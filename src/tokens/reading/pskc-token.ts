import type { RawToken } from './draft.ts';
import { childOf, type Element, textOf } from './pskc-elements.ts';
import { PskcFault, type PskcKeys, secretOf } from './pskc-key.ts';

/** Which of a file's two names of a token is its Credential ID. */
export type IdFrom = 'serial' | 'key';

export type Package = { readonly raw: RawToken } | { readonly skipped: string };

const profiles: Readonly<Record<string, 'hotp' | 'totp'>> = { hotp: 'hotp', totp: 'totp', 'hotp#totp': 'totp' };

/** A `KeyPackage`. Throws `PskcFault` when it is a generator that cannot be read. */
export function tokenOf(element: Element, keys: PskcKeys, idFrom: IdFrom): Package {
  const key = childOf(element, 'Key');
  if (key === undefined) return { skipped: 'a device without a key' };
  const algorithm = key.attributes['Algorithm'] ?? '';
  const profile = algorithm.split(':').at(-1)?.toLowerCase() ?? '';
  const kind = profiles[profile];
  if (kind === undefined) {
    // RFC 6030 §4.3.2: the PIN of another key.
    if (profile === 'pin') return { skipped: 'a PIN' };
    throw new PskcFault('its algorithm is neither HOTP nor TOTP');
  }
  judgePolicy(key);

  const parameters = childOf(key, 'AlgorithmParameters');
  const format = childOf(parameters, 'ResponseFormat');
  const encoding = format?.attributes['Encoding'] ?? 'DECIMAL';
  if (encoding.toUpperCase() !== 'DECIMAL') throw new PskcFault('its codes are no decimal digits');
  if (format?.attributes['CheckDigits'] === 'true') throw new PskcFault('its codes carry a check digit');

  const data = childOf(key, 'Data');
  const secret = childOf(data, 'Secret');
  const seed = secret === undefined ? undefined : secretOf(secret, keys);
  if (seed === undefined) throw new PskcFault('there is no seed in the file');
  const serial = textOf(element, 'DeviceInfo', 'SerialNo') ?? '';
  const id = key.attributes['Id'] ?? '';
  return {
    raw: {
      credentialId: idFrom === 'key' || serial === '' ? id : serial,
      seed,
      kind,
      algorithm: textOf(parameters, 'Suite'),
      digits: format?.attributes['Length'],
      periodS: number(data, 'TimeInterval'),
      counter: number(data, 'Counter'),
      driftSteps: number(data, 'TimeDrift'),
      serial,
      issuer: textOf(key, 'Issuer') ?? textOf(element, 'DeviceInfo', 'Manufacturer'),
      expires: textOf(key, 'Policy', 'ExpiryDate') ?? textOf(element, 'DeviceInfo', 'ExpiryDate'),
    },
  };
}

function number(data: Element | undefined, name: string): string | undefined {
  const element = childOf(data, name);
  if (element === undefined) return undefined;
  const plain = textOf(element, 'PlainValue');
  if (plain === undefined) throw new PskcFault(`its ${name} is encrypted`);
  return plain;
}

const understood = ['KeyUsage', 'StartDate', 'ExpiryDate', 'PINPolicy'];

/** RFC 6030 §5: who does not understand a policy must not use the key. */
function judgePolicy(key: Element): void {
  const policy = childOf(key, 'Policy');
  if (policy === undefined) return;
  const unknown = policy.children.find((child) => !understood.includes(child.name));
  if (unknown !== undefined)
    throw new PskcFault(`its policy says ${unknown.name.slice(0, 40)}, which is not understood`);
  const uses = policy.children.filter((child) => child.name === 'KeyUsage').map((child) => child.text.trim());
  if (uses.length > 0 && !uses.includes('OTP')) throw new PskcFault('its policy does not allow one-time codes');
  // `Local`: the device asks for the PIN. Any other way the code would not be the code alone.
  const mode = childOf(policy, 'PINPolicy')?.attributes['PINUsageMode'] ?? 'Local';
  if (mode !== 'Local') throw new PskcFault('its codes are mixed with a PIN');
}
