import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** A factor whose right code is `open`; it neither counts nor knows that anybody does. */
const folder: Readonly<Record<string, string>> = {
  'src/factors/dummy/index.ts': `
import type { Factor, Form } from '../factor.ts';

const judge = (form: Form) => form['code'] === 'open';

export const dummy: Factor = {
  kind: 'dummy',
  strength: 'mfa',
  isSelfService: true,
  enrolment: {
    begin: async () => ({}),
    page: async () => ({}),
    submit: async (_state, form) =>
      judge(form) ? { ok: true, method: { data: {} }, amr: ['otp'] } : { ok: false, why: 'wrong', field: 'code' },
  },
  page: async () => ({}),
  verify: async (_method, _state, form) =>
    judge(form) ? { ok: true, amr: ['otp'] } : { ok: false, why: 'wrong', field: 'code' },
};
`,
  'views/factors/dummy/icon.hbs': '<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"></svg>',
  'views/factors/dummy/enrol.hbs': `{{> head}}<form method="post" action="{{model.action}}">{{> csrf}}
<p>{{t 'factor.dummy.enrol.lead'}}</p>{{> code-field digits=6 label='Code' hint=''}}</form>{{> enrol-ways}}`,
  'views/factors/dummy/challenge.hbs': `{{#> challenge-frame}}<p>{{t 'factor.dummy.challenge.lead'}}</p>{{/challenge-frame}}`,
  'views/factors/dummy/languages/en.json': JSON.stringify({
    'factor.dummy.name': 'Dummy',
    'factor.dummy.about': 'For tests',
    'factor.dummy.needs': 'Nothing',
    'factor.dummy.enrol.title': 'Add a dummy',
    'factor.dummy.enrol.lead': 'Type open to add it',
    'factor.dummy.challenge.title': 'Use your dummy',
    'factor.dummy.challenge.lead': 'Type open to pass it',
  }),
};

/** What a person would meet: the pages as they are rendered, and what the engine counted. */
const visit = `
import { createViews } from './src/http/index.ts';
import { aHouse, Browser, pastPassword } from './test/sign-in/house.ts';
import { layoutOf } from './test/views/sample-parts.ts';

const house = await aHouse({ secondFactor: 'required', methods: ['dummy'] });
const views = createViews({ directory: new URL('./views', import.meta.url).pathname, clock: house.clock });
const textOf = ({ page }) => {
  const { view, step, titleKey, model } = page;
  const html = views.page(view, layoutOf(views, { view, step, titleKey, model: { ...model } }, 'en'), { language: 'en' });
  return { view, hasLead: /Type open to/.test(html) };
};
const browser = new Browser(house);
const mia = await house.aPerson({ withApp: false });
const on = (uid, path = '') => '/sign-in/' + uid + path;

const first = await pastPassword(browser);
const offered = await browser.land('post', on(first, '/protect-account'));
await browser.land('post', on(first, '/enrol/dummy'), { code: 'wrong' });
const countedAtEnrolment = (await house.tally(mia)).wrong;
const enrolled = await browser.land('post', on(first, '/enrol/dummy'), { code: 'open' });

const second = await pastPassword(browser);
const asked = await browser.land('get', on(second));
let answer;
for (let n = 0; n < 5; n += 1) answer = await browser.land('post', on(second, '/challenge'), { code: 'wrong' });
const counted = (await house.tally(mia)).wrong;
const late = await browser.land('post', on(second, '/challenge'), { code: 'open' });

const third = await pastPassword(browser);
const done = await browser.land('post', on(third, '/challenge'), { code: 'open' });
const after = (await house.tally(mia)).wrong;
const kept = house.completed.at(-1);
await house.close();
console.log(JSON.stringify({
  enrolPage: textOf(offered), challengePage: textOf(asked), countedAtEnrolment, counted, after,
  enrolled: enrolled.to !== undefined, done: done.to !== undefined,
  ended: [answer, late].map(({ page }) => page?.model?.why), acr: kept.acr, amr: kept.amr,
}));
`;

describe('a new factor', () => {
  let copy: string;
  beforeAll(() => {
    copy = mkdtempSync(join(tmpdir(), 'gatehouse-new-factor-'));
    for (const part of ['src', 'views', 'scripts', 'package.json', 'test/sign-in', 'test/support', 'test/views']) {
      cpSync(join(root, part), join(copy, part), { recursive: true });
    }
    symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
    for (const [file, text] of Object.entries(folder)) {
      mkdirSync(dirname(join(copy, file)), { recursive: true });
      writeFileSync(join(copy, file), text);
    }
    const list = join(copy, 'src/factors/index.ts');
    const before = readFileSync(list, 'utf8');
    const line = '    createTotp({ methods }),\n';
    expect(before).toContain(line);
    writeFileSync(list, `import { dummy } from './dummy/index.ts';\n${before.replace(line, `${line}    dummy,\n`)}`);
    writeFileSync(join(copy, 'visit.mts'), visit);
  });
  afterAll(() => rmSync(copy, { recursive: true, force: true }));

  it('fault 45: is a folder, its views and one line: it is offered, set up, asked for, and its failures are counted', () => {
    const run = spawnSync(process.execPath, ['--no-warnings', join(copy, 'visit.mts')], {
      cwd: copy,
      encoding: 'utf8',
    });
    expect(run.stderr).toBe('');
    expect(JSON.parse(run.stdout)).toEqual({
      enrolPage: { view: 'factors/dummy/enrol', hasLead: true },
      challengePage: { view: 'factors/dummy/challenge', hasLead: true },
      countedAtEnrolment: 1,
      enrolled: true,
      // One in setting up, five here; setting up a new method is no success against an old one.
      counted: 6,
      ended: ['guesses', 'guesses'],
      done: true,
      after: 0,
      acr: 'mfa',
      amr: ['pwd', 'otp', 'mfa'],
    });
  });
});

describe('the kinds of factors', () => {
  const kinds = readdirSync(join(root, 'src/factors'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
  const any = kinds.join('|');

  /** A kind compared with, looked up, or named as such; a view of one. Comments aside. */
  const naming = new RegExp(
    [
      `(?:kind|factor|method)\\)?\\s*[!=]==\\s*['"](?:${any})['"]`,
      `['"](?:${any})['"]\\s*[!=]==`,
      `kind: ['"](?:${any})['"]`,
      `kinds\\.get\\(['"](?:${any})['"]\\)`,
      `['"\`]factors/(?:${any})/`,
      `factor\\.(?:${any})\\.`,
    ].join('|'),
  );

  /** What may know one: its folder, the room it stands on, and the demo people of a realm file, who carry an app. */
  const own = /^(src\/factors\/[^/]+\/|src\/factors\/index\.ts$|src\/tokens\/|src\/dev\/|views\/factors\/)/;

  const filesBelow = (directory: string, ending: RegExp) =>
    readdirSync(join(root, directory), { recursive: true, encoding: 'utf8' })
      .filter((name) => ending.test(name))
      .map((name) => relative(root, join(root, directory, name)));
  const withoutComments = (text: string) => text.replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
  const code = () => [...filesBelow('src', /\.ts$/), ...filesBelow('views', /\.(hbs|js)$/)];

  it('are named by nothing but their own folder and the one list', () => {
    const found = code().filter(
      (file) => !own.test(file) && naming.test(withoutComments(readFileSync(join(root, file), 'utf8'))),
    );
    expect(code().length).toBeGreaterThan(200);
    expect(found).toEqual([]);
  });

  it.each(kinds)('would be noticed: %s', (kind) => {
    for (const line of [`method.kind === '${kind}'`, `view: 'factors/${kind}/enrol'`, `factors.kinds.get('${kind}')`]) {
      expect(withoutComments(`const a = 1; // why\nif (${line}) {}`)).toMatch(naming);
    }
  });
});
