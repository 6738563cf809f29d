import type { App } from './app.ts';
import { systemClock } from './kernel/index.ts';
import type { PeopleCommandsContext, Portrait } from './people/commands.ts';

/** What `gatehouse user`, `org` and `member` work on. */
export function peopleCommandsOf(
  app: App,
  mode: 'development' | 'production',
  clock = systemClock,
): Omit<PeopleCommandsContext, 'close'> {
  const { people, realms } = app;
  return {
    ...{ people, mode },
    hasRealm: async (id) => (await realms.get(id)) !== undefined,
    hasPortal: async (realm, clientId) => (await realms.portal(realm, clientId)) !== undefined,
    async portraitOf(realm, userId) {
      const [{ policyCommandsOf }, { levelSays, valueSays }] = await Promise.all([
        import('./policy-commands.ts'),
        import('./rulebook/commands.ts'),
      ]);
      const [methods, browsers, counts, signIns, explained] = await Promise.all([
        app.factors.methods.of(realm, userId),
        app.signIn.admin.browsers(realm, userId),
        app.signIn.guessing.counts(realm, userId),
        app.audit.list(realm, { subject: userId, type: 'sign_in.completed', limit: 50 }),
        policyCommandsOf(app, mode, clock).simulator.explain({ realm, userId }),
      ]);
      const lastSignIn = lastOf(signIns.items[0]);
      return {
        methods: methods.map(({ kind, name, state, lastUsedAt }) => ({
          ...{ kind, name: name ?? null, state },
          lastUsedAt: lastUsedAt ?? null,
        })),
        browsers: {
          known: browsers.length,
          remembered: browsers.filter(({ rememberedUntil }) => rememberedUntil !== undefined).length,
        },
        guesses: counts.map(({ counter, wrong, hold }) => ({ counter, wrong, heldUntil: hold?.until ?? null })),
        ...(lastSignIn === undefined ? {} : { lastSignIn }),
        rules: explained.ok
          ? explained.rules
              .filter(({ level }) => level.kind !== 'product')
              .map(({ rule, value, level }) => ({ rule, value: valueSays(value), from: levelSays(level) }))
          : [],
      };
    },
  };
}

function lastOf(entry: Awaited<ReturnType<App['audit']['list']>>['items'][number] | undefined): Portrait['lastSignIn'] {
  if (entry === undefined) return undefined;
  const { acr, amr } = entry.details ?? {};
  return {
    at: entry.at.toISOString(),
    portal: entry.portal ?? null,
    acr: String(acr ?? '-'),
    amr: Array.isArray(amr) ? amr.map(String) : [],
  };
}
