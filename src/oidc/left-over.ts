import type { IncomingMessage } from 'node:http';
import type { Answer } from './answers.ts';

/** What came of a request that was handed to the provider before it got a context of ours. */
export type LeftOver =
  | { readonly kind: 'answer'; readonly answer: Answer }
  | { readonly kind: 'thrown'; readonly error: unknown };

/** On the request itself, see `http/request-context.ts`. */
const leftOver = Symbol('leftOver');
type Message = IncomingMessage & { [leftOver]?: LeftOver };

export function keepLeftOver(request: IncomingMessage, left: LeftOver): void {
  (request as Message)[leftOver] = left;
}

export const leftOverOf = (request: IncomingMessage): LeftOver | undefined => (request as Message)[leftOver];
