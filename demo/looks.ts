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

/** A look's colours: text, buttons, the background in the dark and in the light, and two that go with them. */
interface Palette {
  readonly ink: string;
  readonly accent: string;
  readonly dark: string;
  readonly pale: string;
  readonly paper: string;
  readonly spot: string;
}

const sans = 'ui-sans-serif,system-ui,sans-serif';

const colours = ({ ink, accent, dark, pale, paper, spot }: Palette, font = sans, radius = '10px') =>
  `:root{--bg:${paper};--card:#fff;--ink:${ink};--soft:color-mix(in srgb,${ink} 78%,#fff);--accent:${accent};--accent-ink:#fff;--line:color-mix(in srgb,${pale} 60%,#fff);--a1:${accent};--a2:${pale};--a3:${spot};--font:${font};--radius:${radius}}
@media (prefers-color-scheme:dark){:root{--bg:${dark};--card:color-mix(in srgb,${dark} 88%,#fff);--ink:#f2f3f6;--soft:#b9bfca;--accent:${pale};--accent-ink:${dark};--line:color-mix(in srgb,${dark} 70%,#fff);--a1:color-mix(in srgb,${accent} 75%,#fff);--a2:color-mix(in srgb,${accent} 55%,${dark})}}`;

const shield = html`<svg viewBox="0 0 320 240" role="img" aria-label="A shield over a line of hosts">
<path class="art-1" d="M160 20 238 48v64c0 50-34 84-78 104-44-20-78-54-78-104V48z"/><path class="art-2" d="M160 42 218 62v50c0 38-24 64-58 80z"/>
<path class="art-line" d="M30 220h260M54 196v24M100 206v14M220 206v14M266 196v24"/><circle class="art-3" cx="160" cy="108" r="20"/></svg>`;

const racks = html`<svg viewBox="0 0 320 240" role="img" aria-label="Servers under a cloud">
<path class="art-2" d="M92 96a42 42 0 0 1 80-22 34 34 0 0 1 56 26c0 16-12 26-26 26H116c-16 0-28-12-24-30z"/><rect class="art-1" x="84" y="142" width="152" height="30" rx="8"/><rect class="art-1" x="84" y="180" width="152" height="30" rx="8"/>
<circle class="art-3" cx="106" cy="157" r="6"/><circle class="art-3" cx="106" cy="195" r="6"/><path class="art-line" d="M130 157h80M130 195h80"/></svg>`;

const tower = html`<svg viewBox="0 0 320 240" role="img" aria-label="A watchtower at night">
<path class="art-2" d="M40 216 160 150l120 66z"/><path class="art-1" d="M136 84h48l16 132h-80z"/><path class="art-1" d="M122 52h76l-8 32h-60z"/>
<path class="art-3" d="M198 62 300 34v56z"/><path class="art-line" d="M128 40h64M160 40V18"/></svg>`;

const bridge = html`<svg viewBox="0 0 320 240" role="img" aria-label="A bridge between two banks">
<path class="art-2" d="M0 240v-60h70v60zM250 240v-60h70v60z"/><path class="art-1" d="M20 168h280v18H20z"/><path class="art-line" d="M40 168C80 60 120 60 160 150 200 60 240 60 280 168M90 92v76M230 92v76"/>
<circle class="art-3" cx="160" cy="72" r="22"/></svg>`;

const wss: Look = {
  headline: 'Your network, watched over.',
  about: 'Where admins look after accounts, agents and alarms.',
  inside: 'All agents report.',
  art: shield,
  css: colours({
    ink: '#14203a',
    accent: '#1f4fa3',
    dark: '#0d1526',
    pale: '#a9c4f5',
    paper: '#f2f5fb',
    spot: '#e8a33d',
  }),
};

const hosting: Look = {
  headline: 'Room for everything you build.',
  about: 'Domains, servers and invoices of your account.',
  inside: 'Three servers are running.',
  art: racks,
  css: colours({
    ink: '#33201a',
    accent: '#8f3f1d',
    dark: '#1d1310',
    pale: '#f2c4ac',
    paper: '#fbf4f0',
    spot: '#3f7f78',
  }),
};

const mss: Look = {
  headline: 'Somebody is awake.',
  about: 'Managed security: cases, sensors and reports.',
  inside: 'No open cases.',
  art: tower,
  css: colours({
    ink: '#18261c',
    accent: '#2f5d3a',
    dark: '#101a13',
    pale: '#b4d9bd',
    paper: '#f2f7f3',
    spot: '#d9a441',
  }),
};

const intel: Look = {
  headline: 'Know before it happens.',
  about: 'Threat intelligence, written by people.',
  inside: 'Today’s briefing is ready.',
  art: notebook,
  css: colours(
    { ink: '#1f2426', accent: '#35565f', dark: '#12191b', pale: '#b5d3db', paper: '#f3f6f7', spot: '#b5563f' },
    'Charter,"Bitstream Charter",Georgia,serif',
    '4px',
  ),
};

const partners: Look = {
  headline: 'Better built together.',
  about: 'For partners, their people and their clients.',
  inside: 'The desk is open.',
  art: bridge,
  css: colours(
    { ink: '#2a1a30', accent: '#6b2f7d', dark: '#180f1c', pale: '#dcb8e8', paper: '#f8f3fa', spot: '#e08a4f' },
    sans,
    '16px',
  ),
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
  ['wss-admin', wss],
  ['customer-portal', hosting],
  ['mss', mss],
  ['intel', intel],
  ['partner-desk', partners],
  ['web1-mail', mail],
  ['plain-notes', notes],
]);

export function lookOf(portalId: string): Look {
  return looks.get(portalId) ?? plain;
}
