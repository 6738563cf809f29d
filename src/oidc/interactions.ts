import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Interaction, Provider } from 'oidc-provider';
import { GatehouseError } from '../kernel/index.ts';
import type { Interactions, SignInResult } from '../sign-in/index.ts';
import { reaches, requestedAcr } from './acr.ts';
import { artifactId } from './adapter.ts';
import type { Artifacts } from './collections.ts';
import type { Consents, Wanted } from './consents.ts';
import { resourcesToName, scopesToName, wantedBy } from './grants.ts';
import type { PromptNotes } from './interaction-policy.ts';
import type { Providers, RealmProvider } from './providers.ts';
import { type Reason, unusable } from './reasons.ts';
import type { RealmSession } from './session-age.ts';
import { describeRequest, factsOf, subjectWanted } from './sign-in-request.ts';

/** What is needed of a `RealmContext`. */
export interface InteractionContext {
  readonly koa: { readonly req: IncomingMessage; readonly res: ServerResponse };
  readonly realm: { readonly id: string };
  readonly browserMark?: string | undefined;
}

export interface InteractionParts {
  readonly providers: Providers;
  readonly artifacts: Artifacts;
  readonly consents: Consents;
  /** By its own id. */
  readonly endSession: (realm: string, sessionId: string) => Promise<void>;
}

interface Found {
  readonly made: RealmProvider;
  readonly interaction: Interaction;
  /** The browser's session as it is now. */
  readonly session: RealmSession | undefined;
  /** The session this interaction may build on: there still, the same person's, and not ruled out when it began. */
  readonly usable: RealmSession | undefined;
  readonly mustBe: string | undefined;
}

type NotFound = { readonly why: 'unknown' } | { readonly why: 'other_browser'; readonly clientId: string };

export interface OwnInteractions extends Interactions<InteractionContext> {
  /** Throws `forbidden` when another browser than that of the sign-in comes to resume its authorization request. */
  guardResuming(context: InteractionContext): Promise<void>;
}

export function createInteractions(parts: InteractionParts): OwnInteractions {
  const { providers, artifacts, consents } = parts;

  async function load(context: InteractionContext, realm: string, uid: string): Promise<Found | NotFound> {
    const made = await providers.of(realm);
    const interaction = await made?.provider.Interaction.find(uid);
    if (made === undefined || interaction === undefined) return { why: 'unknown' };
    const { provider } = made;
    if (cookie(provider, context, 'interaction') !== uid) {
      return { why: 'other_browser', clientId: String(interaction.params.client_id) };
    }
    const id = cookie(provider, context, 'session');
    const session: RealmSession | undefined = id === undefined ? undefined : await provider.Session.find(id);
    const usable = canBuildOn(interaction, session) ? session : undefined;
    const wanted = subjectWanted(interaction.params, { sub: notesOf(interaction).hintedSub });
    const reasons = interaction.prompt.reasons as Reason[];
    const isStepUp = reasons.includes('essential_acr') || reasons.includes('acr_values');
    return { made, interaction, session, usable, mustBe: wanted ?? (isStepUp ? usable?.accountId : undefined) };
  }

  async function own(context: InteractionContext, uid: string): Promise<Found> {
    const found = await load(context, context.realm.id, uid);
    if (!('why' in found)) return found;
    if (found.why === 'unknown')
      throw new GatehouseError('gone', 'oidc: no such interaction', { messageKey: 'error.sign_in_expired' });
    throw new GatehouseError('forbidden', 'oidc: interaction of another browser');
  }

  /** Written once: whoever comes later with the same answer is sent on as well, with another one refused. */
  async function answer(
    { made, interaction }: Found,
    result: Record<string, unknown>,
    session: RealmSession | undefined,
  ) {
    const id = artifactId(made.realm.id, interaction.uid);
    const written = await artifacts.Interaction.update(id, (doc) => {
      if (doc.payload.result !== undefined) return undefined;
      // The resumed request must meet the very session it began with, so it is told of the one there is now.
      const { session: _before, ...payload } = doc.payload;
      const now =
        session?.accountId === undefined ? {} : { session: { accountId: session.accountId, uid: session.uid } };
      return { ...doc, payload: { ...payload, ...now, result } };
    });
    if (written.ok) return interaction.returnTo;
    const before = (await artifacts.Interaction.get(id))?.payload.result;
    if (before !== undefined && subjectOf(before) === subjectOf(result)) return interaction.returnTo;
    throw new GatehouseError('gone', 'oidc: interaction was answered already', { messageKey: 'error.sign_in_expired' });
  }

  return {
    async find(context, realm, uid) {
      const found = await load(context, realm, uid);
      if ('why' in found) return { ok: false, ...found };
      const { interaction, usable, mustBe } = found;
      const wanted = wantedFrom(found);
      const asks = { needsConsent: needsConsent(interaction), mustBe };
      const request = describeRequest(realm, interaction.params, asks);
      return {
        ok: true,
        request: {
          ...request,
          scopes: scopesToName(wanted),
          resources: resourcesToName(wanted, found.made.realm.resources ?? []),
          uid,
          ...(interaction.prompt.reasons.includes('organization_prompt') ? { choosesOrganization: true } : undefined),
          ...(usable === undefined ? undefined : { session: factsOf(usable) }),
          ...(interaction.result === undefined ? undefined : { resume: interaction.returnTo }),
        },
      };
    },

    async complete(context, uid, result) {
      const found = await own(context, uid);
      const { made, interaction, usable, mustBe } = found;
      const refusal = judgeResult(found, result);
      if (refusal !== undefined) return answer(found, refusal, found.session);
      if (result.consented) {
        const { client_id: clientId } = interaction.params;
        await consents.remember(made.realm.id, result.userId, String(clientId), wantedFrom(found));
      }
      let { session } = found;
      if (session?.accountId !== undefined && session.accountId !== result.userId && mustBe !== session.accountId) {
        await parts.endSession(made.realm.id, session.jti);
        session = undefined;
      }
      const ts = seconds(result.authTime);
      const login = {
        accountId: result.userId,
        acr: result.acr,
        amr: [...result.amr],
        ts,
        remember: true,
        completedAt: result.completedAt.getTime(),
        ...(result.organization === undefined ? undefined : { organization: result.organization }),
        ...(result.boundTo === undefined ? undefined : { boundTo: result.boundTo }),
        continues: usable?.accountId === result.userId && usable.loginTs === ts,
      };
      return answer(found, { login, select_account: {}, ...(result.consented ? { consent: {} } : undefined) }, session);
    },

    async guardResuming(context) {
      // Programs have no cookies.
      if (context.koa.req.headers.cookie === undefined) return;
      const made = await providers.of(context.realm.id);
      const uid = made === undefined ? undefined : cookie(made.provider, context, 'resume');
      if (made === undefined || uid === undefined) return;
      const result = (await artifacts.Interaction.get(artifactId(made.realm.id, uid)))?.payload.result;
      const { boundTo } = (result as { login?: { boundTo?: string } } | undefined)?.login ?? {};
      if (boundTo === undefined || boundTo === context.browserMark) return;
      throw new GatehouseError('forbidden', 'oidc: a sign-in of another browser', {
        messageKey: 'error.sign_in_expired',
      });
    },

    async abort(context, uid, error, description) {
      const found = await own(context, uid);
      return answer(found, { error, error_description: description }, found.session);
    },
  };
}

function cookie(
  provider: Provider,
  { koa }: InteractionContext,
  kind: 'interaction' | 'session' | 'resume',
): string | undefined {
  return provider.createContext(koa.req, koa.res).cookies.get(provider.cookieName(kind), { signed: true });
}

function canBuildOn(interaction: Interaction, session: RealmSession | undefined): boolean {
  if (session?.accountId === undefined || interaction.session === undefined) return false;
  if (session.uid !== interaction.session.uid || session.accountId !== interaction.session.accountId) return false;
  return !interaction.prompt.reasons.some((reason) => reason in unusable);
}

/**
 * The last check before a session is made of it, whatever led here: the right person, and proven in this sign-in
 * unless there is a session to build on.
 */
function judgeResult(found: Found, result: SignInResult): { error: string; error_description: string } | undefined {
  const { interaction, usable, mustBe } = found;
  if (mustBe !== undefined && mustBe !== result.userId) {
    return { error: 'login_required', error_description: 'another person than the one asked for signed in' };
  }
  const isFresh = seconds(result.authTime) >= notesOf(interaction).askedAt;
  const isBuiltOn = usable?.accountId === result.userId && (usable.loginTs ?? 0) <= seconds(result.authTime);
  if (!isFresh && !isBuiltOn) {
    return { error: 'login_required', error_description: 'the session ended before the sign-in was completed' };
  }
  // Without it the resumed request would ask again, and again.
  if (needsConsent(interaction) && !result.consented) {
    return { error: 'consent_required', error_description: 'the person did not agree' };
  }
  const { essentialAcr } = requestedAcr(interaction.params);
  if (essentialAcr.length > 0 && !essentialAcr.some((acr) => reaches(result.acr, acr))) {
    return { error: 'unmet_authentication_requirements', error_description: 'the acr asked for was not reached' };
  }
  return undefined;
}

function needsConsent({ prompt }: Interaction): boolean {
  return prompt.reasons.includes('consent') || prompt.reasons.includes('consent_prompt');
}

function wantedFrom({ made, interaction }: Pick<Found, 'made' | 'interaction'>): Wanted {
  const portal = made.portalOf(String(interaction.params.client_id));
  return wantedBy(interaction.params, { portal, resources: made.realm.resources ?? [] });
}

function notesOf(interaction: Interaction): PromptNotes {
  return interaction.prompt.details as unknown as PromptNotes;
}

function subjectOf(result: unknown): string {
  const { login, error } = result as { login?: { accountId?: string }; error?: string };
  return `${login?.accountId ?? ''} ${error ?? ''}`;
}

function seconds(date: Date): number {
  return Math.floor(date.getTime() / 1000);
}
