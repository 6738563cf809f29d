import { z } from 'zod';
import type { OutboxItem } from '../../store/index.ts';
import type { Token } from '../../tokens/index.ts';
import type { Method } from '../factor.ts';
import type { MethodEvent, MethodStore } from '../methods.ts';

export const kind = 'token';

/** `token`: its id in the inventory, which keeps all that changes; the rest is what pages show. */
const dataShape = z.object({
  token: z.string(),
  credentialId: z.string(),
  digits: z.literal([6, 8]),
  kind: z.enum(['totp', 'hotp']),
  periodS: z.number(),
});

export const readMethod = (method: Pick<Method, 'data'>) => dataShape.parse(method.data);

export function dataOf({ id, credentialId, digits, kind: of, periodS }: Token): z.infer<typeof dataShape> {
  return { token: id, credentialId, digits, kind: of, periodS };
}

export const isOf = (token: string) => (method: Method) => method.kind === kind && method.data['token'] === token;

/** Makes an assigned token a method of the person, as if they had registered it; nothing when it is one already. `tellOf`: what that tells. */
export async function bindToken(
  methods: Pick<MethodStore, 'of' | 'add'>,
  userId: string,
  token: Token,
  event: MethodEvent,
  tellOf: (method: Pick<Method, 'kind'>) => readonly OutboxItem[] = () => [],
): Promise<void> {
  const known = await methods.of(token.realm, userId);
  if (known.some(isOf(token.id))) return;
  await methods.add({ realm: token.realm, userId, kind, data: dataOf(token) }, event, tellOf({ kind }));
}

/** Takes it away from the person, who is not asked for it any more. `tellOf`: what the removal of each method tells. */
export async function unbindToken(
  methods: Pick<MethodStore, 'of' | 'remove'>,
  userId: string,
  token: Token,
  event: MethodEvent,
  tellOf: (method: Method) => readonly OutboxItem[] = () => [],
): Promise<void> {
  const known = await methods.of(token.realm, userId);
  for (const method of known.filter(isOf(token.id)))
    await methods.remove(token.realm, method.id, event, tellOf(method));
}
