import { type Authenticator, anAuthenticator, flags, formOf } from '../factors/passkey/authenticator.ts';
import { aNumber } from '../flows/phones.ts';
import type { Visitor } from '../support/visitor.ts';
import { shown } from '../tokens/tokens-for-tests.ts';
import type { Asked } from './cases.ts';
import type { World } from './world.ts';

/** What a person knows and has with them; grows as they set things up. */
export interface Carried {
  readonly userId: string;
  readonly username: string;
  readonly email: string;
  password: string;
  newPasswords: number;
  /** Of their app. */
  secret: string;
  /** Credential ID. */
  readonly token: string;
  passkey: Authenticator | undefined;
  handle: string | undefined;
  codes: string[];
  /** In E.164. */
  phone: string;
}

export interface Walked {
  /** `challenge totp`: the page as it names itself, and what was taken on it. */
  readonly pages: readonly string[];
  /** Where it ended: back at the portal, or at a page that says no. */
  readonly ended: 'portal' | 'refused';
  /** The box that has this browser remembered was ticked. */
  readonly hasTicked: boolean;
}

interface Way {
  readonly world: World;
  readonly visitor: Visitor;
  readonly carried: Carried;
  readonly asked: Asked;
  /** The one to pick. */
  readonly organization: string | undefined;
  hasTicked: boolean;
}

const titles: Readonly<Record<string, string>> = {
  'Enter the code from your app': 'totp',
  'Use your passkey': 'passkey',
  'Enter a recovery code': 'recovery',
  'Enter the code from your mail': 'email',
  'Enter the code from your token': 'token',
  'Confirm with your phone': 'phone',
};

/** Goes through the pages of a sign-in as a person would who does everything right. */
export async function walk(given: Omit<Way, 'hasTicked'>): Promise<Walked> {
  const way: Way = { ...given, hasTicked: false };
  const { visitor, world } = way;
  const pages: string[] = [];
  while (pages.length < 40) {
    if (visitor.page.location?.href.startsWith(world.demoOrigin) === true)
      return { pages, ended: 'portal', hasTicked: way.hasTicked };
    const { step } = visitor.page;
    if (step === 'refused') return { pages, ended: 'refused', hasTicked: false };
    const taken = await take(way, step ?? '');
    pages.push([step, taken].filter(Boolean).join(' '));
    const alerts = visitor.page.all('[role="alert"]').filter((alert) => !alert.hasAttribute('hidden'));
    if (alerts.length > 0) throw new Error(`${pages.join(', ')}: ${alerts.map(({ text }) => text.trim()).join(' ')}`);
  }
  throw new Error(`no end: ${pages.join(', ')}`);
}

async function take(way: Way, step: string): Promise<string> {
  const { visitor, asked } = way;
  const buttons = visitor.page.forms.flatMap((form) => form.buttons);
  const offered = (name: string) => buttons.filter((button) => button.name === name).map(({ value }) => value);
  switch (step) {
    case 'password':
      return givePassword(way);
    case 'new-password':
      return newPassword(way);
    case 'choose-organization': {
      const ids = offered('organization');
      const id = ids.find((each) => each === way.organization) ?? ids[0] ?? '';
      const name = buttons.find(({ value }) => value === id)?.text ?? '';
      await visitor.submit(`organization=${id}`);
      return name;
    }
    case 'challenge':
      return challenged(way);
    case 'choose-method':
    case 'second-method': {
      const later = laterOn(visitor);
      if (asked.postpones && later !== undefined) {
        await visitor.submit(later);
        return step === 'second-method' ? 'skipped' : 'postponed';
      }
      const some = offered('method');
      const kind = asked.uses.find((each) => some.includes(each)) ?? some[0] ?? '';
      await visitor.submit(`method=${kind}`);
      return kind;
    }
    case 'protect-account': {
      const later = laterOn(visitor);
      await visitor.submit(asked.postpones && later !== undefined ? later : '/protect-account');
      return asked.postpones && later !== undefined ? 'postponed' : '';
    }
    case 'summary':
      await visitor.submit('/summary');
      return '';
    default:
      return enrol(way, step);
  }
}

function laterOn(visitor: Visitor): string | undefined {
  const paths = visitor.page.forms.map(({ action }) => action.pathname);
  return ['/postpone', '/second-method/skip'].find((end) => paths.some((path) => path.endsWith(end)));
}

async function givePassword({ visitor, carried, asked, world }: Way): Promise<string> {
  const isAlone = visitor.page.forms.some(({ action }) => action.pathname.endsWith('/alone/passkey'));
  if (isAlone && carried.passkey !== undefined && asked.uses.includes('passkey')) {
    const options = optionsOn(visitor, world);
    const handle = carried.handle === undefined ? {} : { userHandle: carried.handle };
    await visitor.fill(only(formOf(carried.passkey.get({ ...options, ...handle })))).submit('/alone/passkey');
    return 'passkey';
  }
  await visitor.fill({ identifier: carried.username, password: carried.password }).submit();
  return 'password';
}

async function newPassword({ visitor, carried }: Way): Promise<string> {
  carried.newPasswords += 1;
  const password = `a longer one, the ${carried.newPasswords}th of all of them`;
  await visitor.fill({ new_password: password, confirm_password: password }).submit();
  carried.password = password;
  return '';
}

async function challenged(way: Way): Promise<string> {
  const { visitor, asked, carried, world } = way;
  const methods = await world.app.factors.methods.of('trial', carried.userId);
  const others = visitor.page.forms.flatMap(({ buttons }) => buttons.filter(({ name }) => name === 'method'));
  const kindOf = (id: string) => methods.find((method) => method.id === id)?.kind ?? '';
  const wanted = asked.uses.find(
    (kind) => kind === shownKind(visitor) || others.some(({ value }) => kindOf(value) === kind),
  );
  const other = others.find(({ value }) => kindOf(value) === wanted);
  if (wanted !== undefined && wanted !== shownKind(visitor) && other !== undefined)
    await visitor.submit(`method=${other.value}`);

  const kind = shownKind(visitor);
  const box = visitor.page.root.querySelector('[name=remember_browser]')?.getAttribute('value');
  if (asked.remembers && box !== undefined) {
    visitor.fill({ remember_browser: box });
    way.hasTicked = true;
  }
  if (kind === 'passkey') {
    if (carried.passkey === undefined) throw new Error('no passkey');
    await visitor.fill(only(formOf(carried.passkey.get(optionsOn(visitor, world))))).submit();
  } else await visitor.fill({ code: await codeOf(way, kind) }).submit();
  return kind;
}

async function enrol(way: Way, step: string): Promise<string> {
  const { visitor, asked, carried, world } = way;
  const later = laterOn(visitor);
  if (asked.postpones && later !== undefined) {
    await visitor.submit(later);
    return 'postponed';
  }
  switch (step) {
    case 'enrol-app':
      carried.secret = visitor.page.textOf('[data-secret]')?.replaceAll(' ', '') ?? '';
      await visitor.fill({ code: world.code(carried.secret) }).submit();
      return 'totp';
    case 'enrol-passkey': {
      const { user } = JSON.parse(visitor.page.attribute('[data-options]', 'data-options') ?? '{}') as {
        readonly user?: { readonly id: string };
      };
      carried.handle = user?.id;
      carried.passkey = anAuthenticator({ flags: flags.up | flags.uv | flags.be | flags.bs });
      await visitor.fill(only(formOf(carried.passkey.create(optionsOn(visitor, world))))).submit();
      return 'passkey';
    }
    case 'recovery-codes':
      carried.codes = [...(visitor.page.textOf('#codes')?.match(/[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{5}/g) ?? [])];
      await visitor.submit('kept=yes');
      return 'recovery';
    case 'enrol-email':
      await visitor.submit(/send me a code/i);
      await visitor.fill({ code: await mailed(way) }).submit();
      return 'email';
    case 'enrol-phone':
      carried.phone = aNumber();
      await visitor.fill({ phone: carried.phone, channel: 'sms' }).submit();
      await visitor.fill({ code: await texted(way) }).submit();
      return 'phone';
    case 'enrol-token': {
      const hasTwo = visitor.page.root.querySelector('[name=security_code_2][required]') !== null;
      const now = world.clock.now();
      await visitor
        .fill({
          credential_id: carried.token,
          security_code_1: shown(now),
          ...(hasTwo ? { security_code_2: shown(now, 1) } : {}),
        })
        .submit();
      return 'token';
    }
    default:
      throw new Error(`no answer to ${step}: ${visitor.page.url.href} ${visitor.page.text.slice(0, 300)}`);
  }
}

async function codeOf(way: Way, kind: string): Promise<string> {
  const { world, carried } = way;
  if (kind === 'totp') return world.code(carried.secret);
  if (kind === 'token') return shown(world.clock.now());
  if (kind === 'recovery') return carried.codes.shift() ?? '';
  if (kind === 'phone') return texted(way);
  return mailed(way);
}

async function mailed({ world: { app }, carried }: Way): Promise<string> {
  while ((await app.drain()) > 0);
  while ((await app.messaging.workOnce()) > 0);
  const { items } = await app.messaging.outbox.list({ limit: 50 });
  const mail = items.find(({ subject, to }) => to === carried.email && /sign-in code/i.test(subject));
  return /^\d{6}$/m.exec(mail?.text ?? '')?.[0] ?? '';
}

async function texted({ world: { app }, carried }: Way): Promise<string> {
  const { items } = await app.messaging.outbox.list({ limit: 50 });
  const message = items.find(({ channel, to }) => channel === 'sms' && to === carried.phone);
  return /\b\d{6}\b/.exec(message?.text ?? '')?.[0] ?? '';
}

const shownKind = (visitor: Visitor) => titles[visitor.page.textOf('h1') ?? ''] ?? '';

function optionsOn(visitor: Visitor, world: World) {
  const { challenge } = JSON.parse(visitor.page.attribute('[data-options]', 'data-options') ?? '{}') as {
    readonly challenge: string;
  };
  return { challenge, origin: world.origin, rpId: 'localhost' };
}

const only = (fields: Record<string, string>) => ({
  passkey: fields['passkey'] ?? '',
  passkey_2: fields['passkey_2'] ?? '',
});
