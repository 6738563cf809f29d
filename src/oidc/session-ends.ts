import type { Clock } from '../kernel/index.ts';
import type { People } from '../people/index.ts';
import type { OutboxItem } from '../store/index.ts';
import { artifactId, endFamily, endSession } from './adapter.ts';
import type { Artifact, Artifacts } from './collections.ts';
import type { LogoutNotices } from './features/logout-notices.ts';
import type { Providers } from './providers.ts';

export interface SessionEndsParts {
  readonly artifacts: Artifacts;
  readonly providers: Providers;
  readonly people: Pick<People, 'get'>;
  readonly notices: Pick<LogoutNotices, 'put'>;
  readonly clock: Clock;
}

/** Ends sessions that no browser asked to end, and has the portals told that were opened with them. */
export interface SessionEnds {
  /** By its own id. */
  one(realm: string, sessionId: string): Promise<void>;
  /** Every session, grant and token of a person. */
  allOf(realm: string, userId: string): Promise<void>;
  /**
   * What the audit log was told: after some of it, sessions are worth nothing any more, so they end. May be told the
   * same again.
   */
  after(items: readonly OutboxItem[]): Promise<void>;
}

/** After these, every use of a session is refused already (`accounts.ts`). */
const ending: ReadonlySet<unknown> = new Set(['user.disabled', 'user.second_factor_locked', 'password.changed']);

export function createSessionEnds({ artifacts, providers, people, notices, clock }: SessionEndsParts): SessionEnds {
  async function end(realm: string, session: Artifact): Promise<void> {
    const { accountId, authorizations = {} } = session.payload as {
      readonly accountId?: string;
      readonly authorizations?: Readonly<Record<string, { readonly sid?: string }>>;
    };
    const made = await providers.of(realm);
    for (const [clientId, { sid }] of Object.entries(authorizations)) {
      const isTold = made?.portalOf(clientId)?.backchannelLogoutUri !== undefined;
      if (isTold && sid !== undefined && accountId !== undefined)
        await notices.put({ realm, clientId, sub: accountId, sid });
    }
    await endSession(artifacts, session.id, clock.now());
  }

  async function endWhere(realm: string, userId: string, isOver: (session: Artifact) => boolean): Promise<void> {
    const query = { index: 'person', equals: [`${realm}/${userId}`], limit: 100 } as const;
    for (let after: string | undefined; ; ) {
      const page = await artifacts.Session.list({ ...query, ...(after === undefined ? {} : { after }) });
      for (const session of page.items) if (session.endedAt === undefined && isOver(session)) await end(realm, session);
      after = page.next;
      if (after === undefined) return;
    }
  }

  return {
    async one(realm, sessionId) {
      const session = await artifacts.Session.get(artifactId(realm, sessionId));
      if (session !== undefined && session.endedAt === undefined) await end(realm, session);
    },
    async allOf(realm, userId) {
      await endWhere(realm, userId, () => true);
      for (;;) {
        const { items } = await artifacts.Grant.list({ index: 'person', equals: [`${realm}/${userId}`], limit: 200 });
        if (items.length === 0) return;
        for (const { grant } of items) if (grant !== undefined) await endFamily(artifacts, grant);
      }
    },
    async after(items) {
      for (const { body } of items) {
        const { type, realm, subject } = body;
        if (!ending.has(type) || typeof realm !== 'string' || typeof subject !== 'string') continue;
        const user = await people.get(realm, subject);
        const isShutOut = user?.status !== 'active' || user.secondFactorLockedAt !== undefined;
        const validFrom = user?.sessionsValidFrom?.getTime() ?? 0;
        await endWhere(realm, subject, ({ payload }) => isShutOut || Number(payload['startedAt'] ?? 0) < validFrom);
      }
    },
  };
}
