import { isIP } from 'node:net';
import {
  labelOf,
  nobody,
  noOrganization,
  noPortal,
  type Outcome,
  personOf,
  wrongUsage,
} from '../command-line/index.ts';
import { table } from '../kernel/index.ts';
import { allAcr } from '../policy/index.ts';
import {
  type CannotSimulate,
  type Circumstances,
  type Played,
  type Replayed,
  replay,
  type Step,
} from '../simulator/index.ts';
import { organizationOf, type PolicyCommandsContext } from './commands-context.ts';
import { levelSays, reasonSays } from './sentences.ts';

export interface SimulateOptions {
  readonly person?: string;
  readonly portal?: string;
  readonly signIn?: string;
  readonly organization?: string;
  readonly acr?: string;
  readonly essential?: boolean;
  readonly knownBrowser?: boolean;
  readonly remembered?: string | boolean;
  readonly address?: string;
  readonly at?: string;
  readonly with?: string;
  readonly later?: boolean;
  readonly agreed?: boolean;
}

/** The next sign-in of somebody, or one of the past and how it would go now. */
export async function simulate(
  context: PolicyCommandsContext,
  realm: string,
  options: SimulateOptions,
): Promise<Outcome> {
  const at = options.at === undefined ? context.clock.now() : new Date(options.at);
  if (Number.isNaN(at.getTime())) return wrongUsage('--at is a time such as 2026-06-01T08:00:00Z');
  if (options.signIn !== undefined) return again(context, realm, options.signIn, at);
  if (options.person === undefined || options.portal === undefined)
    return wrongUsage('say whose sign-in, and where: --person and --portal; or which of the past: --sign-in');
  const faults = faultsOf(options, context.factorKinds);
  if (faults.length > 0) return wrongUsage(...faults);

  const person = await personOf(context, realm, options.person);
  if (person === undefined) return nobody(realm, options.person);
  const portal = await context.realms.portal(realm, options.portal);
  if (portal === undefined) return noPortal(realm, options.portal);
  const org = options.organization;
  const organization = org === undefined ? undefined : await organizationOf(context, realm, org);
  if (org !== undefined && organization === undefined) return noOrganization(realm, org);

  const circumstances = circumstancesOf(options, at, portal.asksConsent);
  const played = await context.simulator.simulate(
    { realm, portal: portal.clientId, userId: person.id },
    organization === undefined ? circumstances : { ...circumstances, organization: organization.id },
  );
  if (!played.ok) return { refused: [cannot[played.why]], json: played };
  const from =
    options.remembered !== undefined ? 'a remembered' : options.knownBrowser === true ? 'a known' : 'an unknown';
  return {
    lines: [`${labelOf(person)} at ${portal.name}, in ${from} browser, ${at.toISOString()}:`, ...playedLines(played)],
    json: played,
  };
}

const cannot: Readonly<Record<CannotSimulate | 'not_recorded', string>> = {
  no_realm: 'there is no such realm',
  no_portal: 'there is no such portal (any more)',
  portal_disabled: 'the portal is disabled: nobody can sign in there',
  no_person: 'there is no such person (any more)',
  not_a_choice: 'a session of this person there cannot be for that organization',
  not_recorded: 'too little of it was recorded to play it again',
};

function faultsOf(
  { acr, address, remembered, at, with: uses }: SimulateOptions,
  kinds: readonly string[],
): readonly string[] {
  const levels: readonly string[] = allAcr;
  return [
    ...(uses?.split(',').some((each) => !kinds.includes(each.trim())) === true
      ? [`--with is one or more of ${kinds.join(', ')}`]
      : []),
    ...(acr !== undefined && acr.split(',').some((each) => !levels.includes(each.trim()))
      ? [`--acr is one or more of ${levels.join(', ')}`]
      : []),
    ...(address !== undefined && isIP(address) === 0 ? ['--address is an IP address such as 192.0.2.7'] : []),
    ...(typeof remembered === 'string' && Number.isNaN(Date.parse(remembered))
      ? ['--remembered takes the time at which it began, such as 2026-06-01']
      : []),
    ...(at !== undefined && Number.isNaN(Date.parse(at)) ? ['--at is a time such as 2026-06-01T08:00:00Z'] : []),
  ];
}

function circumstancesOf(options: SimulateOptions, at: Date, asksConsent: boolean): Circumstances {
  const { acr, essential, knownBrowser, remembered, address, later, agreed } = options;
  const values = acr?.split(',').map((each) => each.trim()) ?? [];
  const rememberedAt = typeof remembered === 'string' ? new Date(remembered) : at;
  return {
    at,
    acrValues: essential === true ? [] : values,
    essentialAcr: essential === true ? values : [],
    isKnown: knownBrowser === true || remembered !== undefined,
    ...(remembered === undefined ? {} : { rememberedAt }),
    ...(address === undefined ? {} : { address }),
    needsConsent: asksConsent && agreed !== true,
    uses: options.with?.split(',').map((each) => each.trim()) ?? [],
    postpones: later === true,
  };
}

async function again(context: PolicyCommandsContext, realm: string, which: string, at: Date): Promise<Outcome> {
  const replayed = await replay(context, realm, which, at);
  if (replayed === undefined)
    return { refused: [`the audit log of "${realm}" has no sign-in ${which}; see \`gatehouse audit list ${realm}\``] };
  return { lines: replayedLines(replayed), json: replayed };
}

function replayedLines({ past, today, isSame }: Replayed): readonly string[] {
  const { signIn, at, ended, acr, amr = [], organization } = past;
  const how = ended === 'completed' ? `completed, acr ${acr ?? ''}, amr ${amr.join(' ')}` : `ended: ${ended}`;
  const whose = [past.userId, past.portal, organization].filter(Boolean).join(' at ');
  return [
    `sign-in ${signIn} of ${at.toISOString()} (${whose}) ${how}`,
    ...(past.proven.length > 0 ? [`  given: ${past.proven.join(', ')}`] : []),
    ...past.reasons.map((each) => `  ${reasonSays(each)}`),
    ...past.events.map((event) => `  ${event.at.toISOString()}  ${event.type}`),
    '',
    ...(today.ok
      ? [`now it would ${isSame ? 'go the same way' : 'go another way'}:`, ...playedLines(today)]
      : [`now: ${cannot[today.why]}`]),
  ];
}

function playedLines({ steps, end }: Played): readonly string[] {
  const rows = steps.flatMap((step, at) => rowsOf(step, at + 1));
  const pages =
    rows.length === 0
      ? ['  no page: the browser goes straight back to the portal']
      : table([['', 'PAGE', 'TAKES', 'BECAUSE'], ...rows]);
  const because = end.reasons.map((each) => `  ${reasonSays(each)}`);
  if (end.end === 'cannot_begin')
    return [...pages, 'cannot begin: the person has no password, and nothing that could stand for it', ...because];
  if (end.end === 'refused')
    return [...pages, `refused: ${end.why}${end.isError ? ', told to the portal as an error' : ''}`, ...because];
  const { hours, idleMinutes } = end.session;
  const idle = idleMinutes.value === 'off' ? 'without end when idle' : `${idleMinutes.value} min when idle`;
  return [
    ...pages,
    `signed in: acr ${end.acr}${end.tokenAcr === end.acr ? '' : ` (${end.tokenAcr} in the ID token)`}, amr ${end.amr.join(' ')}${end.organization === undefined ? '' : `, for ${end.organization.name}`}`,
    `session: ${hours.value} h (${levelSays(hours.level)}), ${idle} (${levelSays(idleMinutes.level)})`,
    ...because,
  ];
}

function rowsOf(step: Step, number: number): readonly (readonly string[])[] {
  const takes = [
    step.answer === 'given' ? (step.takes ?? '') : step.answer === 'postponed' ? 'Not now' : 'Skip',
    ...(step.minLength === undefined ? [] : [`${step.minLength} characters`]),
    ...(step.offers.length > 1 && step.takes !== undefined ? [`of ${step.offers.join(', ')}`] : []),
    ...(step.canWait && step.answer === 'given' ? ['(can wait)'] : []),
  ].filter(Boolean);
  const [first = '', ...more] = step.reasons.map(reasonSays);
  return [[String(number), step.step, takes.join(' '), first], ...more.map((each) => ['', '', '', each])];
}
