/**
 * Challenge steps per second, by kind: what the POST of a right proof costs from the engine on (attempt, count of guesses,
 * the factor's own judgement and writes, the next decision, the finish), on SQLite or on `--database mongodb://host/name`. Without
 * HTTP and without the password, whose hash would hide it. `node scripts/bench-challenges.ts [--people 400] [--lanes 16]`
 */
import { parseArgs } from 'node:util';
import { anAuthenticator, formOf } from '../test/factors/passkey/authenticator.ts';
import { aHouse, anApp, Browser, codeNow, type House, mailedCode, modelOf, secretOn } from '../test/sign-in/house.ts';
import { aStore } from '../test/support/store.ts';
import { percentile } from './bench/statistics.ts';

const { values } = parseArgs({
  options: {
    people: { type: 'string', default: '400' },
    lanes: { type: 'string', default: '16' },
    database: { type: 'string', default: '' },
  },
});
const people = Number(values.people);
const lanes = Number(values.lanes);

/** Sign-in of one person, asked for their proof; and the form that gives it. */
interface Asked {
  readonly browser: Browser;
  readonly path: string;
  readonly form: Record<string, string>;
}

type Prepare = (house: House, name: string) => Promise<Asked>;

const password = 'seven green bicycles';

async function pastPassword(house: House, name: string): Promise<{ browser: Browser; uid: string }> {
  // Ranges of their own: no limit of an address is near.
  const browser = new Browser(house, `198.51.${Number(name.slice(1)) % 250}.7`);
  const uid = house.begin(browser);
  await browser.post(`/sign-in/${uid}/password`, { identifier: name, password });
  return { browser, uid };
}

const optionsOf = (model: Readonly<Record<string, unknown>>) => {
  const { options } = model['factor'] as { readonly options: string };
  const { challenge } = JSON.parse(options) as { readonly challenge: string };
  return { challenge, origin: 'https://id.example', rpId: 'id.example' };
};

const kinds: Readonly<Record<string, { readonly methods: string[]; readonly prepare: Prepare }>> = {
  totp: {
    methods: ['totp'],
    async prepare(house, name) {
      await anApp(house, await house.aPerson({ name, withApp: false }));
      const { browser, uid } = await pastPassword(house, name);
      return { browser, path: `/sign-in/${uid}/challenge`, form: { code: codeNow(house) } };
    },
  },
  recovery: {
    methods: ['totp', 'recovery'],
    async prepare(house, name) {
      await house.aPerson({ name, withApp: false });
      const first = await pastPassword(house, name);
      const enrol = await first.browser.land('get', `/sign-in/${first.uid}/enrol/totp`);
      const handed = await first.browser.land('post', `/sign-in/${first.uid}/enrol/totp`, {
        code: codeNow(house, 0, secretOn(enrol)),
      });
      const { codes } = modelOf(handed)['factor'] as { readonly codes: readonly string[] };
      await first.browser.land('post', `/sign-in/${first.uid}/enrol/recovery`, { kept: 'yes' });
      const { browser, uid } = await pastPassword(house, name);
      const page = await browser.land('get', `/sign-in/${uid}`);
      const [other] = modelOf(page)['otherMethods'] as { readonly id: string }[];
      await browser.land('post', `/sign-in/${uid}/challenge/method`, { method: other?.id ?? '' });
      return { browser, path: `/sign-in/${uid}/challenge`, form: { code: codes[0] ?? '' } };
    },
  },
  passkey: {
    methods: ['passkey'],
    async prepare(house, name) {
      await house.aPerson({ name, withApp: false });
      const authenticator = anAuthenticator();
      const first = await pastPassword(house, name);
      const enrol = await first.browser.land('get', `/sign-in/${first.uid}/enrol/passkey`);
      const made = formOf(authenticator.create(optionsOf(modelOf(enrol))));
      await first.browser.land('post', `/sign-in/${first.uid}/enrol/passkey`, made);
      const { browser, uid } = await pastPassword(house, name);
      const page = await browser.land('get', `/sign-in/${uid}`);
      return {
        browser,
        path: `/sign-in/${uid}/challenge`,
        form: formOf(authenticator.get(optionsOf(modelOf(page)))),
      };
    },
  },
  email: {
    methods: ['email'],
    async prepare(house, name) {
      const person = await house.aPerson({ name, withApp: false });
      await house.factors.methods.add(
        { realm: 'web1', userId: person.id, kind: 'email', data: {} },
        { actor: { kind: 'system' } },
      );
      const { browser, uid } = await pastPassword(house, name);
      await browser.land('get', `/sign-in/${uid}`);
      return {
        browser,
        path: `/sign-in/${uid}/challenge`,
        form: { code: await mailedCode(house, `${name}@example.com`) },
      };
    },
  },
};

process.stdout.write(`${people} people, ${lanes} lanes, ${values.database === '' ? 'SQLite' : 'MongoDB'}\n`);
for (const [kind, { methods, prepare }] of Object.entries(kinds)) {
  const policy = { secondFactor: kind === 'email' ? ('optional' as const) : ('required' as const), methods };
  // One database for each kind: people of the same names.
  const database = values.database === '' ? '' : `${values.database.replace(/\/$/, '')}_${kind}`;
  const house = await aHouse(policy, () => aStore(undefined, database));
  const asked: Asked[] = [];
  for (let n = 0; n < people; n += 1) asked.push(await prepare(house, `p${n}`));
  const before = house.completed.length;
  const took: number[] = [];
  const waiting = asked.values();
  const began = performance.now();
  const lane = async () => {
    for (const { browser, path, form } of waiting) {
      const from = performance.now();
      const proven = await browser.post(path, form);
      // The decision after it, and the finish: what the browser is redirected to.
      await browser.follow(proven);
      took.push(performance.now() - from);
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  const seconds = (performance.now() - began) / 1000;
  const completed = house.completed.length - before;
  if (completed !== people) throw new Error(`${kind}: ${completed} of ${people} were completed`);
  const sorted = took.toSorted((a, b) => a - b);
  const [p50, p99] = [percentile(sorted, 0.5), percentile(sorted, 0.99)].map((ms) => ms.toFixed(1));
  process.stdout.write(
    `${kind.padEnd(10)}${(people / seconds).toFixed(0).padStart(6)}/s   p50 ${p50} ms   p99 ${p99} ms\n`,
  );
  await house.close();
}
