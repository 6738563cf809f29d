import type { Failure } from '../failure.ts';
import { html } from '../html.ts';
import type { DemoPortal } from '../portal.ts';
import { layout } from './layout.ts';

export function failurePage(portal: DemoPortal, failure: Failure): string {
  return layout({
    portal,
    title: failure.title,
    step: 'failure',
    body: html`<div class="notice" role="alert"><h1>${failure.title}</h1><p>${failure.advice}</p></div>
<div class="row"><a class="button primary" href="/${portal.id}/sign-in">Sign in</a>
<a class="button" href="/${portal.id}">Back to ${portal.name}</a></div>
<p class="soft">The provider said: <code data-error>${failure.code}</code>${failure.details !== '' && html` – ${failure.details}`}</p>`,
  });
}
