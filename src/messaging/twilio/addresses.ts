import { z } from 'zod';
import type { Keyring } from '../../kernel/index.ts';
import type { CallScript } from '../telephony/gateway.ts';

/** Where Twilio tells us what became of a send (`status`), and asks what to say next (`voice`). */
export type Topic = 'status' | 'voice';

const scriptShape: z.ZodType<CallScript> = z.object({
  id: z.string(),
  realmName: z.string(),
  lang: z.string(),
  code: z.string().optional(),
  opensBy: z.string().optional(),
  backup: z.object({ number: z.string(), extension: z.string().optional() }).optional(),
  turn: z.number().int(),
  until: z.string(),
});

/**
 * The addresses that Twilio calls back. A call's script travels in them, sealed for its send: the code is not kept by
 * us, and means nothing to whoever reads the address.
 */
export function createAddresses(given: { readonly origin: string; readonly keyring: Pick<Keyring, 'seal' | 'open'> }) {
  const { origin, keyring } = given;
  const associated = (id: string) => `twilio call:${id}`;

  return {
    of(topic: Topic, id: string, script?: CallScript): string {
      const url = new URL(`/webhooks/twilio/${topic}/${encodeURIComponent(id)}`, origin);
      if (script !== undefined) url.searchParams.set('script', keyring.seal(JSON.stringify(script), associated(id)));
      return url.href;
    },
    /** The full address of a request, as Twilio signed it: what is configured, and never what the request says of itself. */
    asCalled: (pathAndQuery: string): string => origin + pathAndQuery,
    /** Undefined: not one of ours, or not for this send. */
    scriptIn(id: string, sealed: string): CallScript | undefined {
      try {
        const script = scriptShape.parse(JSON.parse(keyring.open(sealed, associated(id))));
        return script.id === id ? script : undefined;
      } catch {
        return undefined;
      }
    },
  };
}

export type Addresses = ReturnType<typeof createAddresses>;
