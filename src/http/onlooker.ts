import type { ServerResponse } from 'node:http';

/** What may be known of a request by who only looks on; koa's contexts are some. */
export interface Passing {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly res: ServerResponse;
  /** Filled while it is answered. `route`: the pattern. */
  readonly state: { readonly reference?: string; readonly route?: string };
}

export type Onlooker = (passing: Passing, next: () => Promise<unknown>) => Promise<unknown>;
