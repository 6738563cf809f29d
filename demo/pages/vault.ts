import { html } from '../html.ts';
import type { DemoPortal } from '../portal.ts';
import { layout } from './layout.ts';

export function vaultPage(portal: DemoPortal, content: string): string {
  return layout({
    portal,
    title: 'The vault',
    step: 'vault',
    body: html`<h1>The vault is open</h1>
<p class="lead" data-vault>${content}</p>
<p class="soft">The portal’s API asked for two factors and a recent sign-in (<code>insufficient_user_authentication</code>, RFC 9470); this sign-in has both.</p>
<a class="button" href="/${portal.id}">Back</a>`,
  });
}
