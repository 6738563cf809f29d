/** The second factors whose challenge steps are measured: how a person comes to be asked for one, and the form that is right. */
import { Readable } from 'node:stream';
import { bindToken } from '../../src/factors/index.ts';
import { anAuthenticator, formOf } from '../../test/factors/passkey/authenticator.ts';
import { anApp, Browser, codeNow, type House, mailedCode, modelOf, secretOn } from '../../test/sign-in/house.ts';
import { secret, shown } from '../../test/tokens/tokens-for-tests.ts';
import type { Furnished } from './furnished-house.ts';

/** Sign-in of one person, asked for their proof; and the form that gives it. */
export interface Asked {
  readonly browser: Browser;
  readonly path: string;
  readonly form: Record<string, string>;
}

/** `n`: the how-manieth person. */
type Prepare = (house: House, name: string, furnished: Furnished, n: number) => Promise<Asked>;

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

export const challengeKinds: Readonly<Record<string, { readonly methods: string[]; readonly prepare: Prepare }>> = {
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
  phone: {
    methods: ['phone'],
    async prepare(house, name, { codes }, n) {
      const number = `+49151${23_400_000 + n}`;
      const { id } = await house.aPerson({ name, withApp: false });
      const data = { hash: name, lastTwo: number.slice(-2), way: 'sms' };
      const method = { realm: 'web1', userId: id, kind: 'phone', data, secret: JSON.stringify({ number }) };
      await house.factors.methods.add(method, { actor: { kind: 'system' } });
      const { browser, uid } = await pastPassword(house, name);
      await browser.land('get', `/sign-in/${uid}`);
      return { browser, path: `/sign-in/${uid}/challenge`, form: { code: codes.get(number) ?? '' } };
    },
  },
  token: {
    methods: ['token'],
    async prepare(house, name, { tokens }, n) {
      const person = await house.aPerson({ name, withApp: false });
      const id = `BENCH${10_000 + n}`;
      const source = Readable.from([
        Buffer.from(`credential_id,seed_base64,assigned_to\n${id},${secret},${person.id}\n`),
      ]);
      await tokens.import({ realm: 'web1', source, personOf: async (one) => one }, { kind: 'system' });
      const token = await tokens.find('web1', id);
      if (token === undefined) throw new Error(`no token ${id}`);
      await bindToken(house.factors.methods, person.id, token, { actor: { kind: 'system' } });
      const { browser, uid } = await pastPassword(house, name);
      return { browser, path: `/sign-in/${uid}/challenge`, form: { code: shown(house.clock.now()) } };
    },
  },
};
