import { isIP } from 'node:net';
import type { Config } from '../../config/index.ts';
import { kindsThat } from '../../factors/index.ts';
import { twilioOf } from '../../messaging/index.ts';
import type { Realm } from '../../realm/index.ts';
import { type Finding, fault, ok, warning } from './finding.ts';

const byTelephone = kindsThat.travelByTelephone;

type Settings = Pick<Config, 'mode' | 'origin' | 'twilioAccountSid' | 'twilioAuthToken' | 'twilioFrom' | 'twilioUrl'>;
type Judged = Pick<Realm, 'id' | 'origin' | 'policy' | 'messages'>;

/** Whether what realms ask people for can be had with these settings. */
export function checkMethods(config: Settings, realms: readonly Judged[] | undefined): Finding[] {
  if (realms === undefined || realms.length === 0) return [];
  const hasPhone = twilioOf(config) !== undefined || config.mode === 'development';
  const found = [
    ...(hasPhone ? withPhoneAlone(realms) : withoutPhone(realms)),
    ...(twilioOf(config) === undefined ? [] : withoutPrices(realms)),
    ...withoutName(config.origin, realms),
  ];
  return found.length > 0 ? found : [ok('methods', 'What realms allow as a second factor can be had.')];
}

/** Where nothing is listed every method is allowed, and those that cannot be had are not offered. */
const allows = ({ policy }: Judged, kind: string) => policy.methods?.includes(kind) ?? true;
const names = (realms: readonly Judged[]) => realms.map(({ id }) => id).join(', ');

function withoutPhone(realms: readonly Judged[]): Finding[] {
  const listed = realms.filter(({ policy }) => policy.methods?.includes(byTelephone));
  const stuck = listed.filter(({ policy }) => policy.secondFactor === 'required' && policy.methods?.length === 1);
  const others = listed.filter((realm) => !stuck.includes(realm));
  const todo = 'Set GATEHOUSE_TWILIO_ACCOUNT_SID, _AUTH_TOKEN and _FROM, or allow another method (policy.methods).';
  return [
    ...(stuck.length === 0
      ? []
      : [
          fault(
            'methods',
            `Nobody can sign in to ${names(stuck)}: only phones are allowed, and no code can be sent.`,
            todo,
          ),
        ]),
    ...(others.length === 0
      ? []
      : [warning('methods', `${names(others)} list phones among their methods, and no code can be sent.`, todo)]),
  ];
}

/** NIST SP 800-63B-4 §3.1.3.3: whoever is offered codes by telephone is offered something else as well. */
function withPhoneAlone(realms: readonly Judged[]): Finding[] {
  // A code by email is no second factor.
  const isAlone = ({ policy: { methods = [] } }: Judged) =>
    methods.includes(byTelephone) && methods.every((kind) => kind === byTelephone || kind === kindsThat.travelByMail);
  const alone = realms.filter(isAlone);
  if (alone.length === 0) return [];
  const says = `Codes by phone are the only second factor of ${names(alone)}: who loses the number has no other way.`;
  return [warning('methods', says, 'Allow another beside it, at least recovery codes (policy.methods).')];
}

function withoutPrices(realms: readonly Judged[]): Finding[] {
  const estimated = realms.filter((realm) => allows(realm, byTelephone) && realm.messages?.prices === undefined);
  if (estimated.length === 0) return [];
  const says = `What codes by phone cost is estimated, and budgets with it (${names(estimated)}).`;
  return [warning('methods', says, 'Put your provider’s prices into "messages.prices" of their realm files.')];
}

/** A passkey is bound to a domain (WebAuthn §5.1.3); an address of digits has none. */
function withoutName(origin: string, realms: readonly Judged[]): Finding[] {
  const affected = realms.filter((realm) => {
    const { hostname } = new URL(realm.origin ?? origin);
    return allows(realm, kindsThat.areBoundToAName) && isIP(hostname.replace(/^\[|\]$/g, '')) !== 0;
  });
  if (affected.length === 0) return [];
  const says = `Passkeys cannot be used at an address of digits (${names(affected)}).`;
  return [warning('methods', says, 'Give GATEHOUSE_ORIGIN, or "origin" of the realm, a host name.')];
}
