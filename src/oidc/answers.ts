import type { IncomingMessage } from 'node:http';
import type { DeviceDoneModel, DeviceFault, SignedOutModel, SignOutModel } from './page-models.ts';

/** What the provider leaves to our pages instead of writing it itself. */
export type Answer =
  | { readonly kind: 'not_found' }
  | { readonly kind: 'error'; readonly error: string; readonly description: string | undefined; readonly cause: Error }
  | {
      readonly kind: 'sign_out';
      readonly model: SignOutModel;
      /** Who is signed in, as they are called on pages. */
      readonly person: string | undefined;
      readonly formOrigins: readonly string[];
    }
  | { readonly kind: 'signed_out'; readonly model: SignedOutModel }
  /** The code of a device must be typed (again). */
  | { readonly kind: 'device_code'; readonly why: DeviceFault }
  | { readonly kind: 'device_done'; readonly model: DeviceDoneModel };

/** On the request itself, see `http/request-context.ts`. */
const left = Symbol('left');
type Message = IncomingMessage & { [left]?: Answer };

/** Leaves the response open: whoever called the provider renders `answer`. */
export function leave(ctx: { readonly req: IncomingMessage; respond?: boolean | undefined }, answer: Answer): void {
  ctx.respond = false;
  (ctx.req as Message)[left] = answer;
}

export function answerLeft(request: IncomingMessage): Answer | undefined {
  return (request as Message)[left];
}
