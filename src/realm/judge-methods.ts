import type { SettingFault } from './describe-issue.ts';

/** `*` stands for all kinds not named. */
export function judgeMethods(
  { methods }: { readonly methods?: readonly string[] | undefined },
  factorKinds: readonly string[] | undefined,
): SettingFault[] {
  return (methods ?? []).flatMap((kind, index) =>
    factorKinds === undefined || kind === '*' || factorKinds.includes(kind)
      ? []
      : [
          {
            path: ['policy', 'methods', index],
            message: `there is no factor "${kind}"; there are ${factorKinds.join(', ')}`,
          },
        ],
  );
}
