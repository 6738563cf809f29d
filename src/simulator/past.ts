import { z } from 'zod';
import type { Audit, AuditEntry } from '../audit/index.ts';
import { type Reason, reasonOf } from '../policy/index.ts';
import type { Circumstances } from './scene.ts';

const list = z.array(z.string()).default([]);

/** What a completed or refused sign-in left in the audit log (`what-was-given.ts`). Before that was recorded: less. */
const detailsShape = z.object({
  acr: z.string().default(''),
  amr: list,
  reasons: list,
  acrValues: list,
  essentialAcr: list,
  knownBrowser: z.boolean().optional(),
  rememberedAt: z.coerce.date().optional(),
  asksConsent: z.boolean().default(false),
  proven: list,
  answers: list,
  organization: z.string().optional(),
  mustBe: z.string().optional(),
  organizationWanted: z.string().optional(),
  organizationChosen: z.string().optional(),
  sessionAcr: z.string().optional(),
  sessionAmr: list,
  sessionAt: z.coerce.date().optional(),
  sessionOrganization: z.string().optional(),
});

/** A sign-in as the audit log has it. */
export interface Past {
  readonly signIn: string;
  readonly reference?: string;
  readonly at: Date;
  readonly portal?: string;
  readonly userId?: string;
  /** `completed`, or why it ended: a word of the audit log; `open`: neither is told. */
  readonly ended: string;
  readonly acr?: string;
  readonly amr?: readonly string[];
  readonly organization?: string;
  /** Kinds given, in order. */
  readonly proven: readonly string[];
  readonly reasons: readonly Reason[];
  /** What happened in it, oldest first. */
  readonly events: readonly Pick<AuditEntry, 'at' | 'type' | 'details'>[];
  /** Under which it could be played again; absent where too little was recorded. */
  readonly circumstances?: Circumstances;
}

/** By its reference number, or by its id. */
export async function readPast(audit: Pick<Audit, 'list'>, realm: string, which: string): Promise<Past | undefined> {
  const byId = await audit.list(realm, { signIn: which, limit: 500 });
  if (byId.items.length > 0) return pastOf(which, byId.items);
  const byReference = await audit.list(realm, { reference: which, limit: 500 });
  const signIn = byReference.items.find((entry) => entry.signIn !== undefined)?.signIn;
  if (signIn === undefined) return undefined;
  return pastOf(signIn, (await audit.list(realm, { signIn, limit: 500 })).items);
}

function pastOf(signIn: string, newestFirst: readonly AuditEntry[]): Past | undefined {
  const entries = newestFirst.toReversed();
  const last = entries.at(-1);
  if (last === undefined) return undefined;
  const completed = entries.find(({ type }) => type === 'sign_in.completed');
  const ended = entries.find(({ type }) => type === 'sign_in.ended' || type === 'sign_in.refused');
  const decided = completed ?? ended ?? last;
  const because = ended?.details?.['why'] ?? ended?.details?.['because'];
  const details = detailsShape.safeParse(decided.details ?? {}).data ?? detailsShape.parse({});
  const { portal, subject, reference } = decided;
  return {
    signIn,
    at: decided.at,
    ended: completed !== undefined ? 'completed' : typeof because === 'string' ? because : 'open',
    ...(reference === undefined ? {} : { reference }),
    ...(portal === undefined ? {} : { portal }),
    ...(subject === undefined ? {} : { userId: subject }),
    ...(completed === undefined ? {} : { acr: details.acr, amr: details.amr }),
    ...(details.organization === undefined ? {} : { organization: details.organization }),
    proven: details.proven,
    reasons: details.reasons.flatMap((words) => reasonOf(words) ?? []),
    events: entries.map(({ at, type, details: told }) =>
      told === undefined ? { at, type } : { at, type, details: told },
    ),
    ...(details.knownBrowser === undefined ? {} : { circumstances: circumstancesOf(decided, details) }),
  };
}

function circumstancesOf({ at, subject, address }: AuditEntry, details: z.infer<typeof detailsShape>): Circumstances {
  const { sessionAt, sessionAcr, sessionAmr, sessionOrganization } = details;
  const hasSession = sessionAt !== undefined && sessionAcr !== undefined && subject !== undefined;
  const isFor = sessionOrganization === undefined ? {} : { organization: sessionOrganization };
  return {
    at,
    acrValues: details.acrValues,
    essentialAcr: details.essentialAcr,
    isKnown: details.knownBrowser === true,
    needsConsent: details.asksConsent,
    uses: details.proven,
    postpones: details.answers.some((answer) => answer === 'postponed' || answer === 'second_skipped'),
    ...(details.mustBe === undefined ? {} : { mustBe: details.mustBe }),
    ...(details.organizationWanted === undefined ? {} : { wantedOrganization: details.organizationWanted }),
    ...(details.organizationChosen === undefined ? {} : { organization: details.organizationChosen }),
    ...(details.rememberedAt === undefined ? {} : { rememberedAt: details.rememberedAt }),
    ...(address === undefined ? {} : { address }),
    ...(hasSession
      ? { session: { userId: subject, acr: sessionAcr, amr: sessionAmr, authTime: sessionAt, ...isFor } }
      : {}),
  };
}

/** The same sign-in at another time: what was an hour old is an hour old then. */
export function movedTo(circumstances: Circumstances, at: Date): Circumstances {
  const laterMs = at.getTime() - circumstances.at.getTime();
  const moved = (then: Date) => new Date(then.getTime() + laterMs);
  const { session, rememberedAt } = circumstances;
  return {
    ...circumstances,
    at,
    ...(session === undefined ? {} : { session: { ...session, authTime: moved(session.authTime) } }),
    ...(rememberedAt === undefined ? {} : { rememberedAt: moved(rememberedAt) }),
  };
}
