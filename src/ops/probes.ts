import type { Context, Middleware, Next } from 'koa';

/** Milliseconds that a readiness check may take; a database that answers later is as good as away. */
const patienceMs = 1500;

export interface Probes {
  /** Answers `/healthz` (the process runs) and `/readyz` (it should be sent requests). */
  readonly middleware: Middleware;
  /** Not ready before the returned function is called, though requests are answered. */
  hold(): () => void;
  /** From now on not ready, though what runs is finished. */
  drain(): void;
}

/** `isReady`: whether what requests need (the database) can be reached. */
export function createProbes({ isReady }: { readonly isReady: () => Promise<boolean> }): Probes {
  let isDraining = false;
  let held = 0;

  const readiness = async (): Promise<'ready' | 'starting' | 'draining' | 'database'> => {
    if (isDraining) return 'draining';
    if (held > 0) return 'starting';
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<boolean>((resolve) => {
      timer = setTimeout(resolve, patienceMs, false);
    });
    const found = await Promise.race([isReady().catch(() => false), late]);
    clearTimeout(timer);
    return found ? 'ready' : 'database';
  };

  return {
    middleware: async (koa: Context, next: Next) => {
      if (koa.path !== '/healthz' && koa.path !== '/readyz') return next();
      koa.state.route = koa.path;
      koa.set('Cache-Control', 'no-store');
      if (koa.path === '/healthz') {
        koa.body = { status: 'ok' };
        return undefined;
      }
      const state = await readiness();
      koa.status = state === 'ready' ? 200 : 503;
      koa.body = state === 'ready' ? { status: 'ready' } : { status: 'not ready', because: state };
      return undefined;
    },
    hold() {
      held += 1;
      return () => {
        held -= 1;
      };
    },
    drain: () => {
      isDraining = true;
    },
  };
}
