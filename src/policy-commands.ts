import type { App } from './app.ts';
import { createBinding } from './binding/index.ts';
import { systemClock } from './kernel/index.ts';
import { answeredAcr } from './oidc/index.ts';
import type { PolicyCommandsContext } from './rulebook/commands.ts';
import { createRulebook } from './rulebook/index.ts';
import { createSimulator } from './simulator/index.ts';

/** What `gatehouse policy` works on. */
export function policyCommandsOf(app: App, _mode?: string, clock = systemClock): Omit<PolicyCommandsContext, 'close'> {
  const { realms, people, factors, audit, rollouts, guards, alone } = app;
  const binding = createBinding({ realms, tenancy: people.tenancy, rollouts, clock });
  return {
    ...{ realms, people, audit, clock, factorKinds: [...factors.kinds.keys()] },
    simulator: createSimulator({ realms, people, factors, binding, answeredAcr }),
    rulebook: createRulebook({ realms, people, factors, binding, rollouts, clock, guards, alone }),
  };
}
