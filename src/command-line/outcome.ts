/** What a command answers: lines for people and a value for programs; or why it did nothing (`isUsage`: it was asked wrong). */
export type Outcome =
  | { readonly lines: readonly string[]; readonly json: unknown }
  | { readonly refused: string | readonly string[]; readonly json?: unknown; readonly isUsage?: boolean };

export type Refused = Extract<Outcome, { readonly refused: unknown }>;

export const wrongUsage = (...refused: readonly string[]): Refused => ({ refused, isUsage: true });

const longestShown = 80;

/** What somebody typed, as far as it is worth repeating. */
export const quoted = (text: string): string =>
  `"${text.length > longestShown ? `${text.slice(0, longestShown)}…` : text}"`;

/** `meant`: the realm whose name is nearest. */
export const noRealm = (id: string, meant?: string): Refused => ({
  refused:
    meant === undefined
      ? `there is no realm ${quoted(id)}; see \`gatehouse realm list\``
      : `there is no realm ${quoted(id)}; did you mean "${meant}"?`,
});

export const noPortal = (realm: string, portal: string): Refused => ({
  refused: `realm "${realm}" has no portal ${quoted(portal)}; see \`gatehouse portal list ${realm}\``,
});

export const noOrganization = (realm: string, ref: string): Refused => ({
  refused: `there is no organization ${quoted(ref)} in "${realm}"; see \`gatehouse org list ${realm}\``,
});

export const nobody = (realm: string, identifier: string): Refused => ({
  refused: `nobody in "${realm}" is known as ${quoted(identifier)}; see \`gatehouse user list ${realm}\``,
});
