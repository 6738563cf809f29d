import { randomBytes } from 'node:crypto';
import type { Context } from 'koa';
import { type Failure, failureOf, notSureEnough, unknownSignIn } from './failure.ts';
import { failurePage } from './pages/failure.ts';
import { frontPage } from './pages/front.ts';
import { signedInPage } from './pages/signed-in.ts';
import { vaultPage } from './pages/vault.ts';
import { type DemoLog, type DemoPortal, portalUrl } from './portal.ts';
import type { RelyingParty, Wishes } from './relying-party.ts';
import type { Session, Sessions } from './sessions.ts';
import { answerForVault } from './vault.ts';

export interface DeskParts {
  readonly portal: DemoPortal;
  readonly demoOrigin: string;
  readonly relyingParty: RelyingParty;
  readonly sessions: Sessions;
  readonly log: DemoLog;
  readonly now: () => Date;
}

type Act = (context: Context) => Promise<void>;

const wishNames = ['prompt', 'acr_values', 'max_age', 'ui_locales', 'login_hint', 'organization'] as const;

/** What one portal answers, by method and path below `/{portal}`. */
export function createDesk({
  portal,
  demoOrigin,
  relyingParty,
  sessions,
  log,
  now,
}: DeskParts): ReadonlyMap<string, Act> {
  const cookieName = `demo_${portal.id}`;
  const home = portalUrl(demoOrigin, portal);
  const find = (context: Context) => sessions.find(context.cookies.get(cookieName));

  const begin = (context: Context): Session => {
    const { session, cookie } = sessions.begin();
    context.cookies.set(cookieName, cookie, {
      httpOnly: true,
      sameSite: 'lax',
      path: `/${portal.id}`,
      expires: session.expiresAt,
      secure: demoOrigin.startsWith('https:'),
    });
    return session;
  };

  const fail = (context: Context, failure: Failure) => {
    log.warn({ portal: portal.id, code: failure.code, details: failure.details }, 'demo portal: sign-in failed');
    context.status = failure.status;
    context.body = failurePage(portal, failure);
  };

  const guarded =
    (act: Act): Act =>
    async (context) => {
      try {
        await act(context);
      } catch (error) {
        fail(context, failureOf(error));
      }
    };

  const front: Act = async (context) => {
    const session = find(context);
    if (session?.signedIn !== undefined) {
      context.body = signedInPage(portal, session.signedIn);
      return;
    }
    const isBack = session?.signOutState !== undefined && context.query['state'] === session.signOutState;
    if (isBack) session.signOutState = undefined;
    context.body = frontPage(portal, isBack);
  };

  const signIn: Act = async (context) => {
    const { address, state, pending } = await relyingParty.begin(wishes(context));
    sessions.remember(find(context) ?? begin(context), state, pending);
    seeOther(context, address.href);
  };

  const callback: Act = async (context) => {
    const session = find(context);
    const state = context.query['state'];
    const pending = typeof state === 'string' ? session?.pending.get(state) : undefined;
    if (session === undefined || pending === undefined || typeof state !== 'string')
      return fail(context, unknownSignIn);
    session.pending.delete(state);
    const address = new URL(`${home}/callback`);
    address.search = context.search;
    const signedIn = await relyingParty.finish(address, state, pending);
    sessions.end(session);
    const fresh = begin(context);
    fresh.signedIn = signedIn;
    // Sign-ins begun in other tabs still come back.
    for (const [other, waiting] of session.pending) sessions.remember(fresh, other, waiting);
    log.info({ portal: portal.id, sub: signedIn.claims['sub'], acr: signedIn.claims['acr'] }, 'demo portal: signed in');
    seeOther(context, pending.isForVault === true ? `${home}/vault?asked` : home);
  };

  /** The API says how the person should have signed in; they are asked for that once. */
  const vault: Act = async (context) => {
    const session = find(context);
    if (session?.signedIn === undefined) return seeOther(context, home);
    const answer = await relyingParty.ask(new URL(`${home}/api/vault`), session.signedIn);
    if ('content' in answer) {
      context.body = vaultPage(portal, answer.content);
      return;
    }
    if ('asked' in context.query) return fail(context, notSureEnough);
    const { address, state, pending } = await relyingParty.begin(answer.wants);
    sessions.remember(session, state, { ...pending, isForVault: true });
    seeOther(context, address.href);
  };

  const api: Act = async (context) => answerForVault(context, sessions, now());

  const refresh: Act = async (context) => {
    const session = find(context);
    if (session?.signedIn?.refreshToken !== undefined) session.signedIn = await relyingParty.refresh(session.signedIn);
    seeOther(context, home);
  };

  const signOut: Act = async (context) => {
    const session = find(context);
    if (session?.signedIn === undefined) return seeOther(context, home);
    const state = randomBytes(16).toString('base64url');
    const address = await relyingParty.signOutAddress(session.signedIn.idToken, home, state);
    sessions.end(session);
    begin(context).signOutState = state;
    seeOther(context, address.href);
  };

  return new Map([
    ['GET ', front],
    ['GET /sign-in', guarded(signIn)],
    ['GET /callback', guarded(callback)],
    ['GET /vault', guarded(vault)],
    ['GET /api/vault', api],
    ['POST /refresh', guarded(refresh)],
    ['POST /sign-out', guarded(signOut)],
  ]);
}

function wishes(context: Context): Wishes {
  const asked = wishNames.map((name) => [name, context.query[name]] as const);
  return Object.fromEntries(asked.filter(([name, value]) => typeof value === 'string' && isUsable(name, value)));
}

function isUsable(name: string, value: string): boolean {
  return value !== '' && value.length <= 256 && (name !== 'max_age' || /^\d{1,8}$/.test(value));
}

function seeOther(context: Context, address: string): void {
  context.status = 303;
  context.set('location', address);
  context.body = '';
}
