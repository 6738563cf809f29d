import type { Facts } from './facts.ts';

const dayMs = 86_400_000;

/** This browser went through a full sign-in lately enough. What ends that early is not ours to know: then it is not told. */
export function isRemembered({ browser: { rememberedAt }, rules, now }: Facts): boolean {
  if (rememberedAt === undefined) return false;
  const sinceMs = now.getTime() - rememberedAt.getTime();
  return sinceMs >= 0 && sinceMs < rules.rememberBrowserDays.value * dayMs;
}
