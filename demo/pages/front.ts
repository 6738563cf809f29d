import { html } from '../html.ts';
import { lookOf } from '../looks.ts';
import type { DemoPortal } from '../portal.ts';
import { layout } from './layout.ts';

export function frontPage(portal: DemoPortal, isJustSignedOut: boolean): string {
  const look = lookOf(portal.id);
  const signIn = `/${portal.id}/sign-in`;
  return layout({
    portal,
    title: 'Welcome',
    step: 'front',
    body: html`${isJustSignedOut && html`<p class="notice" role="status">You are signed out.</p>`}
<div class="hero">
<div>
<h1>${look.headline}</h1>
<p class="lead">${look.about}</p>
<a class="button primary" href="${signIn}">Sign in</a>
<details class="more"><summary>Other ways to ask</summary>
<ul>
<li><a href="${signIn}?prompt=login">Ask for the password again</a> (<code>prompt=login</code>)</li>
<li><a href="${signIn}?acr_values=mfa">Ask for two factors</a> (<code>acr_values=mfa</code>)</li>
<li><a href="${signIn}?prompt=none">Only if already signed in</a> (<code>prompt=none</code>)</li>
<li><a href="${signIn}?ui_locales=de">In German</a> (<code>ui_locales=de</code>)</li>
</ul></details>
</div>
${look.art}
</div>`,
  });
}
