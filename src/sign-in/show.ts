import type { Factors } from '../factors/index.ts';
import type { PageRequest, Text } from '../http/index.ts';
import type { Hold } from '../policy/index.ts';
import { portalOf } from './dead-ends.ts';
import type { HeldPage } from './page-models.ts';
import { pathsOf } from './paths.ts';
import { personLabel } from './person-label.ts';
import type { Visit } from './visit.ts';

export type Faults = Readonly<Record<string, Text>>;

/** A page of an open sign-in: with the portal, the person, the way out. */
export async function show(
  factors: Factors,
  visit: Visit,
  page: Pick<PageRequest, 'view' | 'step' | 'titleKey'> & {
    readonly action: string;
    readonly model?: Readonly<Record<string, unknown>>;
    readonly faults?: Faults | undefined;
    readonly values?: Readonly<Record<string, string>>;
    readonly status?: number;
    readonly namesPerson?: boolean;
  },
): Promise<void> {
  const { context, portal, person, issuer, attempt, request } = visit;
  const paths = pathsOf(issuer, attempt.id);
  const isSecond = (kind: string) => !['none', undefined].includes(factors.kinds.get(kind)?.strength);
  await context.render({
    view: page.view,
    step: page.step,
    titleKey: page.titleKey,
    ...(page.status === undefined ? {} : { status: page.status }),
    model: { action: paths.full(page.action), cancelAction: paths.full('/cancel'), ...page.model },
    ...(page.faults === undefined ? {} : { faults: page.faults }),
    ...(page.values === undefined ? {} : { values: page.values }),
    madeFor: visit.madeFor,
    ...portalOf(portal),
    ...(request.redirectOrigin === '' ? {} : { formOrigins: [request.redirectOrigin] }),
    ...(person === undefined || page.namesPerson === false
      ? {}
      : { person: { label: personLabel(visit, isSecond), notYouHref: paths.full('/restart') } }),
    ...(person?.timeZone === undefined ? {} : { timeZone: person.timeZone }),
  });
}

/** The same for people and for identifiers that nobody has. */
export async function showHeld(
  factors: Factors,
  visit: Visit,
  hold: Hold,
  what: HeldPage['what'],
  now: Date,
): Promise<void> {
  const leftS = Math.max(1, Math.ceil((hold.until.getTime() - now.getTime()) / 1000));
  visit.context.koa.set('Retry-After', String(leftS));
  await show(factors, visit, {
    view: 'sign-in/held',
    step: 'held',
    titleKey: 'sign-in.held.title',
    action: '',
    model: { until: hold.until, what, retryHref: pathsOf(visit.issuer, visit.attempt.id).full('') } satisfies Omit<
      HeldPage,
      'cancelAction'
    >,
    status: 429,
    namesPerson: what === 'code',
  });
}
