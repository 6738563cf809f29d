import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import { readDemoFiles } from '../../../src/dev/demo-files.ts';
import { policy } from '../../rulebook/gatehouse.ts';
import { type RunningApp, runApp, shippedRealms } from '../../support/app.ts';
import {
  expectNoAxeViolations,
  openContext,
  sidewaysOverflow,
  spilledTexts,
  type Visit,
} from '../../support/browser.ts';
import { gatehouseOn } from '../../support/gatehouse.ts';
import { arrived, complaintsOf } from '../support/visits.ts';

/** How wide and in which colours each scenario is played. */
export const visits: readonly (readonly [string, Visit])[] = [
  ['wide', { width: 1100 }],
  ['dark, 320 px', { width: 320, theme: 'dark' }],
];

/** One scenario, from a fresh product with the realm files that ship: what people, admins and operators do in it. */
export class Play {
  readonly app: RunningApp;
  readonly page: Page;
  /** What the browser's console had to say: nothing, if all is well. */
  readonly complaints: readonly string[];
  readonly #context: BrowserContext;
  readonly #realm: string;
  readonly #files: Awaited<ReturnType<typeof readDemoFiles>>;

  static async begin(browser: Browser, realm: string, visit: Visit): Promise<Play> {
    const app = await runApp({ realms: shippedRealms });
    const context = await openContext(browser, visit);
    const files = await readDemoFiles(shippedRealms, app.demoOrigin);
    return new Play(app, context, await context.newPage(), realm, files);
  }

  private constructor(
    app: RunningApp,
    context: BrowserContext,
    page: Page,
    realm: string,
    files: Awaited<ReturnType<typeof readDemoFiles>>,
  ) {
    this.app = app;
    this.page = page;
    this.#context = context;
    this.#realm = realm;
    this.#files = files;
    this.complaints = complaintsOf(page);
  }

  async end(): Promise<void> {
    await this.#context.close();
    await this.app.close();
  }

  get #file() {
    const file = this.#files.find(({ realm }) => realm === this.#realm);
    if (file === undefined) throw new Error(`no realm file of ${this.#realm}`);
    return file;
  }

  /** The first click: from the start page into the portal, and there on "Sign in". */
  async open(portal: string): Promise<void> {
    await this.page.goto(this.app.origin);
    await this.arrive('dev-start');
    await this.page.getByRole('link', { name: `Open ${portal}`, exact: true }).click();
    await this.arrive('front');
    await this.page.getByRole('link', { name: 'Sign in', exact: true }).click();
  }

  /** As the realm file says who they are. */
  async givePassword(username: string): Promise<void> {
    const person = this.#file.people.find((each) => each.username === username);
    await this.arrive('password');
    await this.page.fill('[name=identifier]', username);
    await this.page.fill('[name=password]', person?.password ?? '');
    await this.next();
  }

  /** Somebody comes to the portal who is signed in nowhere, a while after what was before. */
  async visit(portal: string, username: string): Promise<void> {
    this.app.clock.advance(10 * 60_000);
    await this.#context.clearCookies();
    await this.open(portal);
    await this.givePassword(username);
  }

  /** The page is there, and nothing is wrong with how it looks. */
  async arrive(step: string): Promise<void> {
    await arrived(this.page, step);
    expect(await spilledTexts(this.page)).toEqual([]);
  }

  /** The page's main button. */
  async next(): Promise<void> {
    await this.#press(this.page.locator('main form button.primary').first());
  }

  /** One of the choices of the page: a method, an organization. */
  async choose(name: RegExp | string): Promise<void> {
    await this.#press(this.page.locator('main button.choice', { hasText: name }));
  }

  /** And the page that follows is there: nothing is read off the one before, nor typed into it. */
  async #press(button: Locator): Promise<void> {
    await this.page.waitForLoadState('load');
    const followed = this.page.waitForEvent('domcontentloaded');
    await button.click();
    await followed;
  }

  /** The choices that the page offers, in its order. */
  choices(): Promise<string[]> {
    return this.page.locator('main button.choice > span:not(.sign)').allInnerTexts();
  }

  /** What the fields are called, and what goes into them; then the main button. */
  async give(fields: Readonly<Record<string, string>>): Promise<void> {
    for (const [name, value] of Object.entries(fields)) await this.page.fill(`[name=${name}]`, value);
    await this.next();
  }

  /** A number, and the code that comes by text message. */
  async proveNumber(number: string): Promise<void> {
    await this.arrive('enrol-phone');
    await this.page.fill('[name=phone]', number);
    const sms = this.page.locator('[name=channel][value=sms]');
    if ((await sms.getAttribute('type')) === 'radio') await sms.check();
    await this.next();
    await this.page.locator('[name=code]').waitFor();
    await this.arrive('enrol-phone');
    await this.give({ code: await this.texted() });
  }

  /** An authenticator app takes the key of the page, and shows its code. */
  async addApp(): Promise<string> {
    await this.arrive('enrol-app');
    const secret = (await this.page.locator('[data-secret]').getAttribute('data-secret')) ?? '';
    await this.give({ code: this.app.code(secret) });
    return secret;
  }

  async alert(): Promise<string> {
    return (await this.page.locator('[role=alert]').first().innerText()).trim();
  }

  /** At the portal. What its ID token says of the sign-in, as the portal shows it. */
  async signedIn(): Promise<Readonly<Record<string, string>>> {
    await this.page.waitForURL(`${this.app.demoOrigin}/**`);
    await this.arrive('signed-in');
    return this.page.evaluate<Record<string, string>>(
      `Object.fromEntries([...document.querySelectorAll('[data-source="id-token"] [data-claim]')]
        .map((each) => [each.getAttribute('data-claim'), each.textContent.trim()]))`,
    );
  }

  /** The code of the text message that went out last: without a provider, development keeps them. */
  async texted(): Promise<string> {
    const { items } = await this.app.app.messaging.outbox.list({ limit: 20 });
    return /#(\d{6})/.exec(items.find(({ channel }) => channel === 'sms')?.text ?? '')?.[1] ?? '';
  }

  /** Keys in the number of the page on the telephone that rings: the keypad of the outbox, in another tab. */
  async keyIn(): Promise<void> {
    const number = (await this.page.locator('[data-number]').getAttribute('data-number')) ?? '';
    const outbox = await this.#context.newPage();
    await outbox.goto(`${this.app.origin}/dev/outbox`);
    await expectNoAxeViolations(outbox);
    expect(await sidewaysOverflow(outbox)).toBe(0);
    await outbox.getByLabel('Keys to press in this call').first().fill(number);
    await outbox.getByRole('button', { name: 'Press', exact: true }).first().click();
    await outbox.getByText('Go on in your browser').first().waitFor();
    await outbox.close();
  }

  /** What a token of the realm file shows now, or so many steps later. */
  shown(credentialId: string, steps = 0): string {
    const token = this.#file.tokens.find((each) => each.credentialId === credentialId);
    return this.app.code(token?.seed ?? '', steps);
  }

  /** What the app of somebody in the realm file shows now. */
  appOf(username: string): string {
    return this.app.code(this.#file.people.find((each) => each.username === username)?.authenticator ?? '');
  }

  /** `gatehouse policy …`, which must do it. */
  async policy(...words: string[]): Promise<void> {
    const { code, err } = await policy(this.app, ...words);
    expect({ code, err }).toEqual({ code: 0, err: '' });
  }

  /** `gatehouse token …`, which must do it. */
  async token(...words: string[]): Promise<void> {
    const { code, err } = await gatehouseOn(this.app, 'token', ...words);
    expect({ code, err }).toEqual({ code: 0, err: '' });
  }
}
