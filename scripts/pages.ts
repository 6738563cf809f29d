/**
 * `npm run pages`: pictures of every page for `docs/pages/`, and axe-core on each of them in both themes at every width.
 * Ends with 1 when axe-core finds anything or a page scrolls sideways. `npm run pages -- challenge held` for some only.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { servePages } from '../test/browser/support/page-server.ts';
import { axeViolations, openBrowser, openContext, sidewaysOverflow } from '../test/support/browser.ts';
import { samplePages } from '../test/views/sample-pages.ts';
import { reduceColours } from './pages/reduce.ts';

const looks = [
  { theme: 'light', width: 1100, isKept: true },
  { theme: 'dark', width: 1100, isKept: true },
  { theme: 'light', width: 320, isKept: true },
  { theme: 'dark', width: 320, isKept: false },
  { theme: 'light', width: 412, isKept: false },
] as const;

/** What the clock shows on the pictures: the sample pages count down to moments soon after. */
const pictured = new Date('2026-11-23T14:00:00Z');

/** Bytes of a picture: they stay in the repository's history for good. */
const largest = 80 * 1024;

const folder = join(import.meta.dirname, '../docs/pages');
const wanted = process.argv.slice(2);
const names = Object.keys(samplePages).filter((name) => wanted.length === 0 || wanted.includes(name));
const faults: string[] = [];

await mkdir(folder, { recursive: true });
const server = await servePages();
const browser = await openBrowser();
try {
  for (const { theme, width, isKept } of looks) {
    const context = await openContext(browser, { theme, width });
    const page = await context.newPage();
    await page.clock.setFixedTime(pictured);
    page.on('console', (message) => {
      if (message.type() === 'error') faults.push(`${page.url()}: ${message.text()}`);
    });
    page.on('pageerror', (error) => faults.push(`${page.url()}: ${error.message}`));
    for (const name of names) {
      const look = `${name}-${theme}-${width}`;
      await page.setViewportSize({ width, height: width === 1100 ? 860 : 700 });
      await page.goto(`${server.origin}/en/${name}`);
      if (name === 'challenge') await page.fill('[name=code]', '493');
      for (const violation of await axeViolations(page)) faults.push(`${look}: ${violation}`);
      const overflow = await sidewaysOverflow(page);
      if (overflow > 0) faults.push(`${look}: scrolls sideways by ${overflow} px`);
      if (!isKept) continue;
      // The whole page as one view, so that the arches behind it reach to its end.
      const height = await page.evaluate<number>('document.documentElement.scrollHeight');
      await page.setViewportSize({ width, height });
      const picture = await reduceColours(page, await page.screenshot({ caret: 'hide' }));
      if (picture.length > largest) faults.push(`${look}: its picture has ${picture.length} bytes`);
      await writeFile(join(folder, `${look}.png`), picture);
    }
    await context.close();
  }
} finally {
  await browser.close();
  await server.close();
}

console.log(faults.length === 0 ? `${names.length} pages, nothing found` : faults.join('\n'));
process.exitCode = faults.length === 0 ? 0 : 1;
