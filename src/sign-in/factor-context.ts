import type { FactorContext } from '../factors/index.ts';
import type { Visit } from './visit.ts';

export function factorContext(visit: Visit, now: Date): FactorContext {
  const { context, person, issuer, attempt } = visit;
  return {
    realm: { id: context.realm.id, name: context.realm.name, issuer },
    user: {
      id: person?.id ?? '',
      label: person?.email ?? person?.username ?? person?.name ?? '',
      locale: person?.locale ?? context.locale,
    },
    signIn: attempt.id,
    now,
  };
}
