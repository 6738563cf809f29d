import type { RealmContext, Route } from '../http/index.ts';
import { maxPasswordLength, type People } from '../people/index.ts';
import type { Realms } from '../realm/index.ts';
import { rulesFor } from './decide.ts';
import type { InvitationPage } from './page-models.ts';
import { type NewPasswordFault, newPasswordFault, newPasswordFaults, newPasswordTyped } from './steps/new-password.ts';

/** `/invitation/:token`: a first password. Opening the link uses nothing up; posting does, once. */
export function invitationRoutes({ realms, people }: { readonly realms: Realms; readonly people: People }): Route[] {
  const path = '/invitation/:token';
  const pathOf = ({ params }: RealmContext) => `/invitation/${encodeURIComponent(params['token'] ?? '')}`;
  // Whether a second factor will stand beside the password is not known yet, unless the realm demands one.
  const minLengthIn = ({ realm }: RealmContext) => rulesFor(realm, undefined).passwordMinLength.value;

  async function page(context: RealmContext, stage: InvitationPage['stage']): Promise<void> {
    // Nothing of a sign-in is kept yet: the address itself names what was wrong.
    const why = newPasswordFaults.find((fault) => fault === context.koa.query['fault']);
    const portals = stage === 'done' ? await realms.portals(context.realm.id) : [];
    const base = new URL(realms.issuerOf(context.realm)).pathname.replace(/\/$/, '');
    const model: InvitationPage = {
      stage,
      action: `${base}${pathOf(context)}`,
      minLength: minLengthIn(context),
      maxLength: maxPasswordLength,
      portals: portals.flatMap(({ name, homeUrl, enabled }) =>
        enabled && homeUrl !== undefined ? [{ name, homeUrl }] : [],
      ),
    };
    await context.render({
      view: 'sign-in/invitation',
      step: 'invitation',
      titleKey: 'sign-in.invitation.title',
      status: stage === 'invalid' || stage === 'expired' ? 410 : 200,
      model: { ...model },
      ...(why === undefined || stage !== 'password' ? {} : { faults: newPasswordFault(why, model.minLength) }),
    });
  }

  const back = (context: RealmContext, why: NewPasswordFault) => context.redirect(`${pathOf(context)}?fault=${why}`);

  return [
    {
      method: 'GET',
      path,
      async handle(context) {
        const invited = await people.invited(context.realm.id, context.params['token'] ?? '');
        await page(context, invited.ok ? 'password' : invited.why);
      },
    },
    {
      method: 'POST',
      path,
      async handle(context) {
        const { password, why } = newPasswordTyped(await context.form());
        if (why !== undefined) return back(context, why);
        const minLength = minLengthIn(context);
        const accepted = await people.acceptInvitation(context.params['token'] ?? '', password, {
          realm: context.realm.id,
          rules: { minLength },
        });
        if (accepted.ok) return context.redirect('/invitation-accepted');
        if (accepted.why === 'invalid' || accepted.why === 'expired') return page(context, accepted.why);
        back(context, accepted.why);
      },
    },
    { method: 'GET', path: '/invitation-accepted', handle: (context) => page(context, 'done') },
  ];
}
