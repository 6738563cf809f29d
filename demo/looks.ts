import { html, type Markup } from './html.ts';

/** What makes a portal recognisable: words, a drawing, colours and type. */
export interface Look {
  readonly headline: string;
  readonly about: string;
  readonly inside: string;
  readonly art: Markup;
  readonly css: string;
}

const envelope = html`<svg viewBox="0 0 320 240" role="img" aria-label="An envelope with a paper plane">
<rect class="art-2" x="40" y="70" width="220" height="140" rx="14"/><path class="art-1" d="M40 84a14 14 0 0 1 14-14h192a14 14 0 0 1 14 14l-98 72a20 20 0 0 1-24 0z"/>
<path class="art-3" d="M196 62 306 14l-42 100-24-34z"/><path class="art-line" d="M306 14 240 80M150 40h30M132 56h34"/></svg>`;

const notebook = html`<svg viewBox="0 0 320 240" role="img" aria-label="A notebook with a pencil">
<rect class="art-2" x="70" y="24" width="160" height="196" rx="8"/><rect class="art-1" x="70" y="24" width="30" height="196" rx="8"/>
<path class="art-line" d="M120 70h88M120 98h88M120 126h60M120 154h76"/><path class="art-3" d="m196 196 74-96 22 16-74 96-26 8z"/></svg>`;

const door = html`<svg viewBox="0 0 320 240" role="img" aria-label="An open door">
<path class="art-2" d="M90 220V90a70 70 0 0 1 140 0v130z"/><path class="art-1" d="M118 220V94a42 42 0 0 1 84 0v126z"/>
<path class="art-3" d="M118 220V94c0-20 14-36 32-41v176z"/><path class="art-line" d="M40 220h240"/></svg>`;

const mail: Look = {
  headline: 'Every conversation, one calm inbox.',
  about: 'Mail, calendar and chat for teams that would rather be working.',
  inside: 'Your inbox is ready.',
  art: envelope,
  css: `:root{--bg:#f3f7fb;--card:#fff;--ink:#12263a;--soft:#4b6075;--accent:#0b5d7a;--accent-ink:#fff;--line:#d5e0ea;--a1:#0b5d7a;--a2:#9fd0e0;--a3:#f2a65a;--font:ui-sans-serif,system-ui,sans-serif;--radius:16px}
@media (prefers-color-scheme:dark){:root{--bg:#0b1722;--card:#122435;--ink:#e9f1f8;--soft:#a6bacb;--accent:#7cc7e0;--accent-ink:#06202c;--line:#27405a;--a1:#3f93ad;--a2:#1d4a5e}}`,
};

const notes: Look = {
  headline: 'Write it down. Find it again.',
  about: 'A quiet notebook that is wherever you are.',
  inside: 'Your notebook is open.',
  art: notebook,
  css: `:root{--bg:#fbf6ea;--card:#fffdf7;--ink:#33291a;--soft:#6b5c44;--accent:#8a3b12;--accent-ink:#fff;--line:#e6d9bd;--a1:#8a3b12;--a2:#f2dfb4;--a3:#4f7a4a;--font:Charter,"Bitstream Charter",Georgia,serif;--radius:4px}
@media (prefers-color-scheme:dark){:root{--bg:#1d1811;--card:#282117;--ink:#f4ead6;--soft:#c2b294;--accent:#f0a878;--accent-ink:#321505;--line:#463a28;--a1:#b0582b;--a2:#57472a}}`,
};

const plain: Look = {
  headline: 'One front door for your work.',
  about: 'A demo portal that leaves signing in to Gatehouse.',
  inside: 'The door is open.',
  art: door,
  css: `:root{--bg:#f5f4fa;--card:#fff;--ink:#1f1b33;--soft:#5a5572;--accent:#4b3fa7;--accent-ink:#fff;--line:#dcd9ea;--a1:#4b3fa7;--a2:#c9c3f0;--a3:#e08a4f;--font:ui-sans-serif,system-ui,sans-serif;--radius:10px}
@media (prefers-color-scheme:dark){:root{--bg:#14121f;--card:#1e1b2e;--ink:#eeecf8;--soft:#b3aecb;--accent:#b4aaf5;--accent-ink:#191338;--line:#363150;--a1:#7a6fd6;--a2:#3a3465}}`,
};

const looks: ReadonlyMap<string, Look> = new Map([
  ['web1-mail', mail],
  ['plain-notes', notes],
]);

export function lookOf(portalId: string): Look {
  return looks.get(portalId) ?? plain;
}
