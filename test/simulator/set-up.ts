import { bindToken, type Method, totpMethod } from '../../src/factors/index.ts';
import { anAuthenticator, flags, formOf } from '../factors/passkey/authenticator.ts';
import type { RunningApp } from '../support/app.ts';
import { aFactorContext } from '../support/factor-context.ts';
import { operator } from '../tokens/tokens-for-tests.ts';
import type { Kind } from './cases.ts';
import type { Carried } from './walk.ts';

const realm = 'trial';

/** Gives the person a method of this kind, by the code that sets one up in a sign-in. */
export async function setUp({ app, clock, origin }: RunningApp, carried: Carried, kind: Kind): Promise<void> {
  const { userId, username } = carried;
  const enrolment = app.factors.kinds.get(kind)?.enrolment;
  if (enrolment === undefined) throw new Error(`nobody sets up ${kind}`);
  const context = aFactorContext({
    realm: { id: realm, name: 'Trial', issuer: `${origin}/realms/${realm}` },
    user: { id: userId, label: username, locale: 'en' },
    now: clock.now(),
  });
  const add = async (method: Pick<Method, 'data'> & Partial<Pick<Method, 'secret'>>) => {
    const added = await app.factors.methods.add({ realm, userId, kind, ...method }, { actor: operator });
    if (!added.ok) throw new Error(added.why);
  };
  const submitted = async (state: object, form: Readonly<Record<string, string>>) => {
    const done = await enrolment.submit({ ...state }, form, context);
    if (done.ok !== true) throw new Error(`${kind}: ${JSON.stringify(done)}`);
    await add(done.method);
  };

  switch (kind) {
    case 'passkey': {
      const state = await enrolment.begin(context);
      const { options } = (await enrolment.page(state, context)) as { readonly options: string };
      const { challenge, user } = JSON.parse(options) as { challenge: string; user: { id: string } };
      carried.handle = user.id;
      carried.passkey = anAuthenticator({ flags: flags.up | flags.uv | flags.be | flags.bs });
      await submitted(state, formOf(carried.passkey.create({ challenge, origin, rpId: 'localhost' })));
      return;
    }
    case 'recovery': {
      const state = (await enrolment.begin(context)) as { readonly codes: readonly string[] };
      carried.codes = [...state.codes];
      await submitted(state, { kept: 'yes' });
      return;
    }
    case 'token': {
      const assigned = await app.tokens.assign(realm, carried.token, userId, 1, operator);
      const token = assigned.ok ? assigned.token : await app.tokens.find(realm, carried.token);
      if (token === undefined) throw new Error('no token');
      await bindToken(app.factors.methods, userId, token, { actor: operator });
      return;
    }
    case 'email':
      await add({ data: {} });
      return;
    case 'totp':
      await add(totpMethod(carried.secret));
  }
}
