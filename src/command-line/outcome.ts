/** What a command answers: lines for people and a value for programs; or why it did nothing (`isUsage`: it was asked wrong). */
export type Outcome =
  | { readonly lines: readonly string[]; readonly json: unknown }
  | {
      readonly refused: string | readonly string[];
      readonly json?: unknown;
      readonly isUsage?: boolean;
      /** What was probably meant: said instead of where to look. */
      readonly meant?: (like: Like) => Promise<string | undefined>;
    };

/** What there is that is called nearly like that. */
export interface Like {
  realmLike?(id: string): Promise<string | undefined>;
  portalLike?(realm: string, clientId: string): Promise<string | undefined>;
  /** By names from the top. */
  organizationLike?(realm: string, ref: string): Promise<string | undefined>;
}

export type Refused = Extract<Outcome, { readonly refused: unknown }>;

export const wrongUsage = (...refused: readonly string[]): Refused => ({ refused, isUsage: true });

const longestShown = 80;

/** What somebody typed, as far as it is worth repeating. */
export const quoted = (text: string): string =>
  `"${text.length > longestShown ? `${text.slice(0, longestShown)}…` : text}"`;

export const noRealm = (id: string): Refused => ({
  refused: `there is no realm ${quoted(id)}; see \`gatehouse realm list\``,
  meant: async (like) => like.realmLike?.(id),
});

export const noPortal = (realm: string, portal: string): Refused => ({
  refused: `realm "${realm}" has no portal ${quoted(portal)}; see \`gatehouse portal list ${realm}\``,
  meant: async (like) => like.portalLike?.(realm, portal),
});

export const noOrganization = (realm: string, ref: string): Refused => ({
  refused: `there is no organization ${quoted(ref)} in "${realm}"; see \`gatehouse org list ${realm}\``,
  meant: async (like) => like.organizationLike?.(realm, ref),
});

export const nobody = (realm: string, identifier: string): Refused => ({
  refused: `nobody in "${realm}" is known as ${quoted(identifier)}; see \`gatehouse user list ${realm}\``,
});

/** Its lines, with what was probably meant in the place of where to look. */
export async function refusalLines({ refused, meant }: Refused, like: Like): Promise<readonly string[]> {
  const [first = '', ...more] = [refused].flat();
  const right = await meant?.(like);
  return [right === undefined ? first : first.replace(/; see `[^`]*`$/, `; did you mean "${right}"?`), ...more];
}
