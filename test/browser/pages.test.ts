import type { Browser, Page } from 'playwright-core';
import { allLanguages } from '../../src/realm/index.ts';
import { expectNoAxeViolations, openBrowser, openContext, sidewaysOverflow, spilledTexts } from '../support/browser.ts';
import { samplePages } from '../views/sample-pages.ts';
import { brokenWords } from './support/broken-words.ts';
import { type PageServer, servePages } from './support/page-server.ts';

const names = Object.keys(samplePages);
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

async function visiting(visit: Parameters<typeof openContext>[1], act: (page: Page) => Promise<void>, from = server) {
  const context = await openContext(browser, visit);
  try {
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    await act(page);
    expect(complaints).toEqual([]);
  } finally {
    await context.close();
  }
  return from;
}

/** What is asked of an element of the page; the browser's own types are not at hand here. */
interface Seen {
  readonly outerHTML: string;
  checkVisibility(): boolean;
  getBoundingClientRect(): { readonly height: number; readonly width: number };
}

describe('every page', () => {
  it.each([
    ['light', 320],
    ['dark', 1100],
  ] as const)('satisfies axe-core and does not scroll sideways, %s at %i px', async (theme, width) => {
    await visiting({ theme, width }, async (page) => {
      for (const name of names) {
        await page.goto(`${server.origin}/en/${name}`);
        await expectNoAxeViolations(page);
        expect([name, await sidewaysOverflow(page)]).toEqual([name, 0]);
      }
    });
  });

  it.each(allLanguages)('keeps every text in its place at 320 px in %s, and cuts no word in two', async (language) => {
    await visiting({ width: 320 }, async (page) => {
      for (const name of names) {
        await page.goto(`${server.origin}/${language}/${name}`);
        expect([name, await sidewaysOverflow(page)]).toEqual([name, 0]);
        expect([name, await spilledTexts(page)]).toEqual([name, []]);
        // Japanese has no blanks between words.
        if (language !== 'ja') expect([name, await brokenWords(page)]).toEqual([name, []]);
      }
    });
  });

  it('has buttons and fields that are at least 44 px high', async () => {
    await visiting({ width: 320 }, async (page) => {
      for (const name of names) {
        await page.goto(`${server.origin}/en/${name}`);
        const small = await page.$$eval('button, input:not([tabindex]), .button, .choice, .link', (elements) =>
          elements.flatMap((found) => {
            // What chooses is pressed by its label.
            const { labels } = found as unknown as { readonly labels?: readonly Seen[] };
            const element: Seen = found.matches('[type=radio], [type=checkbox]') ? (labels?.[0] ?? found) : found;
            const { height, width } = element.getBoundingClientRect();
            const isSeen = element.checkVisibility() && width > 1;
            return isSeen && height < 44 ? [`${element.outerHTML} is ${height} px high`] : [];
          }),
        );
        expect([name, ...small]).toEqual([name]);
      }
    });
  });

  it.each([
    ['#ffd400', '#000000'],
    ['#7a0019', '#ffffff'],
    ['#00c2b2', '#000000'],
  ])('stays readable with the accent %s', async (fill, ink) => {
    const tinted = await servePages({ fill, ink });
    for (const theme of ['light', 'dark'] as const) {
      await visiting({ theme }, async (page) => {
        for (const name of ['challenge', 'protect-account', 'enrol']) {
          await page.goto(`${tinted.origin}/en/${name}`);
          await expectNoAxeViolations(page);
        }
      });
    }
    await tinted.close();
  });
});

/** CSS pixels: from digit to digit, from box to box, from the first digit's middle to its box's. Runs in the page. */
interface Placement {
  readonly advance: number;
  readonly pitch: number;
  readonly first: number;
  readonly scrolled: number;
}
const placement = `(() => {
  const input = document.querySelector('[name=code]');
  const boxes = [...document.querySelectorAll('.boxes i')].map((box) => box.getBoundingClientRect());
  const style = getComputedStyle(input);
  const canvas = document.createElement('canvas').getContext('2d');
  canvas.font = [style.fontWeight, style.fontSize, style.fontFamily].join(' ');
  const digit = canvas.measureText('0').width;
  const middle = input.getBoundingClientRect().left + parseFloat(style.paddingLeft) + digit / 2;
  return {
    advance: digit + parseFloat(style.letterSpacing),
    pitch: boxes[1].left - boxes[0].left,
    first: middle - (boxes[0].left + boxes[0].width / 2),
    scrolled: input.scrollLeft,
  };
})()`;

describe('a code field', () => {
  const code = '[name=code]';

  it('has the focus, and takes a code typed, in groups, or pasted with blanks', async () => {
    await visiting({}, async (page) => {
      await page.goto(`${server.origin}/en/challenge`);
      await page.locator('[name=code]:focus').waitFor();
      await page.keyboard.type('48 29-13');
      expect(await page.inputValue(code)).toBe('482913');
      expect(await page.locator('.boxes .filled').count()).toBe(6);
      await page.fill(code, ' ４８２ 913 ');
      expect(await page.inputValue(code)).toBe('482913');
    });
  });

  it('shows each digit in the middle of its box, at every width and with enlarged text', async () => {
    for (const width of [320, 412, 1100] as const) {
      await visiting({ width }, async (page) => {
        for (const size of ['100%', '200%']) {
          await page.goto(`${server.origin}/en/challenge`);
          await page.evaluate(`document.documentElement.style.fontSize = '${size}'`);
          await page.locator(`${code}:focus`).waitFor();
          await page.keyboard.type('482913');
          const { advance, pitch, first, scrolled } = await page.evaluate<Placement>(placement);
          expect(Math.abs(advance - pitch)).toBeLessThan(0.5);
          expect(Math.abs(first)).toBeLessThan(1);
          expect(scrolled).toBe(0);
          expect(await sidewaysOverflow(page)).toBe(0);
        }
      });
    }
  });

  it('is an ordinary field where scripts do not run', async () => {
    await visiting({ javaScript: false }, async (page) => {
      await page.goto(`${server.origin}/en/challenge`);
      await page.locator('[name=code]:focus').waitFor();
      await page.keyboard.type('482 913');
      expect(await page.inputValue(code)).toBe('482 913');
    });
  });
});

describe('small comforts', () => {
  it('a form on its way is not sent again by a second press', async () => {
    await visiting({}, async (page) => {
      await page.goto(`${server.origin}/en/challenge`);
      await page.locator('[name=code]:focus').waitFor();
      await page.keyboard.type('482913');
      const before = server.posted.length;
      const button = page.locator('.button.primary');
      const answered = page.waitForResponse('**/there');
      await button.dispatchEvent('click');
      await button.dispatchEvent('click');
      await answered;
      expect(await page.locator('.button.busy').count()).toBe(1);
      expect(server.posted.length - before).toBe(1);
    });
  });

  it('a password can be shown, and is hidden again when it is sent', async () => {
    await visiting({}, async (page) => {
      await page.goto(`${server.origin}/en/password`);
      await page.fill('[name=password]', 'open sesame');
      await page.getByRole('button', { name: 'Show password' }).click();
      expect(await page.getAttribute('[name=password]', 'type')).toBe('text');
      await page.fill('[name=identifier]', 'mia');
      await page.locator('.button.primary').click();
      expect(await page.getAttribute('[name=password]', 'type')).toBe('password');
    });
  });

  it('what needs a script is not there without one', async () => {
    await visiting({ javaScript: false }, async (page) => {
      for (const name of ['password', 'enrol', 'dev-start', 'dev-authenticator']) {
        await page.goto(`${server.origin}/en/${name}`);
        expect(await page.locator('[data-shows]:visible, [data-copies]:visible').count()).toBe(0);
      }
    });
  });

  it('the languages unfold without scripts, within the page', async () => {
    await visiting({ width: 320, javaScript: false }, async (page) => {
      await page.goto(`${server.origin}/en/password`);
      await page.locator('.languages summary').click();
      const last = await page.locator('.languages a[lang=ja]').boundingBox();
      expect(last?.x).toBeGreaterThanOrEqual(0);
      expect((last?.x ?? 320) + (last?.width ?? 0)).toBeLessThanOrEqual(320);
      expect(last?.height).toBeGreaterThanOrEqual(44);
    });
  });

  it('a time is told in the zone of the browser', async () => {
    await visiting({ timezone: 'America/New_York' }, async (page) => {
      await page.goto(`${server.origin}/en/held`);
      expect(await page.innerText('[data-shape=time]')).toMatch(/^9:12/);
    });
  });
});
