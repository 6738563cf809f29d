import { html, type Markup } from '../html.ts';
import type { DemoPortal } from '../portal.ts';

export interface PageParts {
  readonly portal: DemoPortal;
  readonly title: string;
  /** `data-step` of `<main>`: `front`, `signed-in`, `vault`, `failure`. */
  readonly step: string;
  readonly actions?: Markup;
  readonly body: Markup;
}

export function layout({ portal, title, step, actions, body }: PageParts): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · ${portal.name}</title>
<link rel="stylesheet" href="/${portal.id}/style.css">
</head>
<body>
<header><a class="brand" href="/${portal.id}">${portal.name}</a>${actions}</header>
<main data-step="${step}">
${body}
</main>
<footer><p>A demo portal. It keeps no passwords: signing in is done by Gatehouse at <a href="${new URL(portal.issuer).origin}">${portal.issuer}</a>.</p></footer>
</body>
</html>
`.text;
}
