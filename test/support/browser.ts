import { mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { axeSource, findChromium } from './chromium.ts';

/** A real Chromium, headless. Close it when done. */
export async function openBrowser(): Promise<Browser> {
  const found = await findChromium();
  const profile = mkdtempSync(join(tmpdir(), 'gatehouse-browser-'));
  const browser = await chromium.launch({
    executablePath: found.executablePath,
    env: { ...(process.env as Record<string, string>), ...found.env },
    ignoreDefaultArgs: true,
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--disable-dev-shm-usage',
      '--hide-scrollbars',
      '--remote-debugging-pipe',
      `--user-data-dir=${profile}`,
    ],
  });
  browser.on('disconnected', () => rmSync(profile, { recursive: true, force: true, maxRetries: 5 }));
  return browser;
}

export interface Visit {
  readonly theme?: 'light' | 'dark';
  /** CSS pixels: 320 is the narrowest that must work. */
  readonly width?: 320 | 412 | 1100;
  readonly javaScript?: boolean;
  /** Language tag, `en-GB` by default. */
  readonly locale?: string;
  readonly timezone?: string;
}

/** Far above what anything takes on a quiet machine. */
const patienceMs = 120_000;
const heights = { 320: 700, 412: 860, 1100: 860 } as const;

/** A person's own browser: nothing shared with other contexts. */
export async function openContext(browser: Browser, visit: Visit = {}): Promise<BrowserContext> {
  const width = visit.width ?? 1100;
  const context = await browser.newContext({
    colorScheme: visit.theme ?? 'light',
    viewport: { width, height: heights[width] },
    javaScriptEnabled: visit.javaScript ?? true,
    locale: visit.locale ?? 'en-GB',
    timezoneId: visit.timezone ?? 'Europe/Berlin',
    reducedMotion: 'reduce',
  });
  context.setDefaultTimeout(patienceMs);
  return context;
}

interface AxeResults {
  readonly violations: readonly {
    readonly id: string;
    readonly help: string;
    readonly nodes: readonly {
      readonly html: string;
      readonly failureSummary?: string;
    }[];
  }[];
}

/** What axe-core finds by WCAG 2.2 A and AA and its own good practice; a line per place. Works under our CSP. */
export async function axeViolations(page: Page): Promise<readonly string[]> {
  // Sizes and colours are those of the style sheets, which may be on their way still.
  await page.waitForLoadState('load');
  if (!(await page.evaluate<boolean>("'axe' in window"))) await page.evaluate(await readAxe());
  const found = await page.evaluate<AxeResults>(
    "axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })",
  );
  return found.violations.flatMap((violation) =>
    violation.nodes.map(
      (node) => `${violation.id}: ${violation.help}\n    ${node.html}\n    ${node.failureSummary ?? ''}`,
    ),
  );
}

export async function expectNoAxeViolations(page: Page): Promise<void> {
  const violations = await axeViolations(page);
  if (violations.length > 0) throw new Error(`axe-core on ${page.url()}:\n${violations.join('\n')}`);
}

/** How many CSS pixels of the page lie beyond the right edge; 0 is right. */
export async function sidewaysOverflow(page: Page): Promise<number> {
  return page.evaluate('Math.max(0, document.documentElement.scrollWidth - document.documentElement.clientWidth)');
}

/** Titles, labels and buttons that are wider than the room they have, though the page does not scroll: they stand in the margin or are cut. */
export async function spilledTexts(page: Page): Promise<readonly string[]> {
  return page.evaluate(`[...document.querySelectorAll('main :is(h1, h2, label, .button)')]
    .filter((element) => {
      if (getComputedStyle(element).display === 'inline') return false;
      const range = document.createRange();
      range.selectNodeContents(element);
      const [text, room] = [range.getBoundingClientRect(), element.getBoundingClientRect()];
      return text.width > 1 && (text.right > room.right + 1 || text.left < room.left - 1);
    })
    .map((element) => element.textContent.trim())`);
}

let axe: Promise<string> | undefined;
function readAxe(): Promise<string> {
  axe ??= readFile(axeSource(), 'utf8');
  return axe;
}
