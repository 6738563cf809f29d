import { claimsInWords } from '../claims.ts';
import { html, type Markup } from '../html.ts';
import { lookOf } from '../looks.ts';
import type { DemoPortal } from '../portal.ts';
import type { SignedIn } from '../sessions.ts';
import { layout } from './layout.ts';

export function signedInPage(portal: DemoPortal, signedIn: SignedIn): string {
  const known = { ...signedIn.claims, ...signedIn.userinfo };
  const who = ['name', 'preferred_username', 'email', 'sub'].map((name) => known[name]).find(isText) ?? 'someone';
  const path = `/${portal.id}`;
  return layout({
    portal,
    title: 'Signed in',
    step: 'signed-in',
    actions: html`<form method="post" action="${path}/sign-out"><button class="button">Sign out</button></form>`,
    body: html`<h1>Hello, <span data-who>${who}</span></h1>
<p class="lead">You are signed in. ${lookOf(portal.id).inside}</p>
<div class="row">
<form method="post" action="${path}/refresh"><button class="button" ${refreshState(signedIn)}>Refresh tokens</button></form>
<a class="button" href="${path}/sign-in?prompt=login">Sign in again</a>
<a class="button" href="${path}/sign-in?acr_values=mfa">Ask for two factors</a>
<a class="button" href="${path}/vault">Open the vault</a>
${isText(known['org_id']) && html`<a class="button" href="${path}/sign-in?organization=choose">Switch organization</a>`}
</div>
<p class="soft">${tokenNews(signedIn)}</p>
<div class="cards">
${claimCard('What the ID token says', 'id-token', signedIn.claims)}
${claimCard('What userinfo says', 'userinfo', signedIn.userinfo ?? {})}
</div>
<details class="more"><summary>As JSON</summary><pre>${JSON.stringify({ id_token: signedIn.claims, userinfo: signedIn.userinfo }, null, 2)}</pre></details>`,
  });
}

function claimCard(title: string, source: string, claims: Readonly<Record<string, unknown>>): Markup {
  const rows = claimsInWords(claims).map(
    ({ name, label, words }) =>
      html`<div><dt>${label} <code>${name}</code></dt><dd data-claim="${name}">${words}</dd></div>`,
  );
  return html`<section class="card" data-source="${source}"><h2>${title}</h2><dl>${rows}</dl></section>`;
}

function refreshState(signedIn: SignedIn): Markup {
  return signedIn.refreshToken === undefined ? html`disabled` : html``;
}

function tokenNews(signedIn: SignedIn): Markup {
  if (signedIn.refreshToken === undefined) {
    return html`There is no refresh token: this portal did not ask for <code>offline_access</code>, or was not given it.`;
  }
  if (signedIn.refreshes === 0) return html`Tokens as they came with the sign-in.`;
  return html`Tokens refreshed <span data-refreshes>${signedIn.refreshes}</span> ${signedIn.refreshes === 1 ? 'time' : 'times'}, last at ${signedIn.tokensAt.toISOString()}.`;
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}
