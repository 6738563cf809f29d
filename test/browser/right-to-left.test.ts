import type { Browser, Page } from 'playwright-core';
import { expectNoAxeViolations, openBrowser, openContext, sidewaysOverflow } from '../support/browser.ts';
import { rightToLeft } from '../views/right-to-left.ts';
import { samplePages } from '../views/sample-pages.ts';
import { type PageServer, servePages } from './support/page-server.ts';
import { readingOrder } from './support/reading-order.ts';

let browser: Browser;
let server: PageServer;

beforeAll(async () => {
  browser = await openBrowser();
  server = await servePages();
});
afterAll(async () => {
  await browser.close();
  await server.close();
});

async function visiting(width: 320 | 1100, act: (page: Page) => Promise<void>) {
  const context = await openContext(browser, { width });
  try {
    await act(await context.newPage());
  } finally {
    await context.close();
  }
}

const styleOf = (page: Page, selector: string, property: string) =>
  page.evaluate<string>(`getComputedStyle(document.querySelector('${selector}')).${property}`);

const open = (page: Page, name: string) => page.goto(`${server.origin}/${rightToLeft}/${name}`);

describe('in a language from right to left', () => {
  it.each([320, 1100] as const)(
    'every page keeps within %i px, satisfies axe-core, and leaves addresses and numbers as they are',
    async (width) => {
      await visiting(width, async (page) => {
        for (const name of Object.keys(samplePages)) {
          await open(page, name);
          expect(await page.getAttribute('html', 'dir')).toBe('rtl');
          expect([name, await sidewaysOverflow(page)]).toEqual([name, 0]);
          expect([name, (await readingOrder(page)).turned]).toEqual([name, []]);
          await expectNoAxeViolations(page);
        }
      });
    },
  );

  it.each([
    ['enrol', 'JBSW Y3DP EHPK 3PXP JBSW Y3DP EHPK 3PXP'],
    ['challenge', 'm•••@web1.example'],
    ['held', '+49 30 5550 1234'],
    ['held', 'help@web1.example'],
    ['error', '7Q2M-XK4D'],
  ])('%s is watched for %s', async (name, text) => {
    await visiting(320, async (page) => {
      await open(page, name);
      expect((await readingOrder(page)).found).toContain(text);
      // Without the marks around it, the watch would notice: it can fail.
      if (!text.startsWith('+')) return;
      await page.evaluate("document.querySelectorAll('[dir=ltr]').forEach((one) => one.removeAttribute('dir'))");
      expect((await readingOrder(page)).turned).toEqual([text]);
    });
  });

  it('a code fills its boxes from the left', async () => {
    await visiting(320, async (page) => {
      await open(page, 'challenge');
      await page.locator('[name=code]:focus').waitFor();
      await page.keyboard.type('48');
      const boxes = await page.$$eval('.boxes i', (all) =>
        all.map((box) => ({ left: box.getBoundingClientRect().left, isFilled: box.matches('.filled') })),
      );
      expect(boxes.map(({ left }) => left)).toEqual(boxes.map(({ left }) => left).toSorted((a, b) => a - b));
      expect(boxes.map(({ isFilled }) => isFilled)).toEqual([true, true, false, false, false, false]);
      expect(await styleOf(page, '[name=code]', 'direction')).toBe('ltr');
    });
  });

  it('an address is typed from left to right', async () => {
    await visiting(320, async (page) => {
      await open(page, 'password');
      await page.fill('[name=identifier]', 'mia@web1.example');
      expect(await page.$eval('[name=identifier]', (field) => field.matches(':dir(ltr)'))).toBe(true);
    });
  });

  it('the button in a password field stands at its left, and nothing is written under it', async () => {
    await visiting(320, async (page) => {
      await open(page, 'password');
      const field = await page.locator('[name=password]').boundingBox();
      const button = await page.locator('[data-shows]').boundingBox();
      expect((button?.x ?? 0) - (field?.x ?? 0)).toBeLessThan(4);
      const room = Number.parseFloat(await styleOf(page, '[name=password]', 'paddingLeft'));
      expect(room).toBeGreaterThanOrEqual(button?.width ?? 0);
    });
  });

  it.each([
    ['dev-start', '.choice', 'left'],
    ['challenge-wrong', '.choice', 'left'],
    ['challenge', '.link:has(.onward)', 'right'],
  ] as const)('on %s the arrow of %s points the other way, and stands at the %s', async (name, holder, side) => {
    await visiting(1100, async (page) => {
      await open(page, name);
      const arrow = page.locator(`${holder} .onward`).first();
      expect(await styleOf(page, `${holder} .onward`, 'scale')).toBe('-1 1');
      const [around, inside] = [await page.locator(holder).first().boundingBox(), await arrow.boundingBox()];
      const middle = (box: typeof around) => (box?.x ?? 0) + (box?.width ?? 0) / 2;
      expect(Math.sign(middle(inside) - middle(around))).toBe(side === 'left' ? -1 : 1);
    });
  });
});
