/** People who share a browser; the one who signed in longest ago is forgotten. */
const peoplePerBrowser = 8;

/** One person's secret in a browser; `tag` says whose it is without naming anybody. */
export interface BrowserSecret {
  readonly tag: string;
  readonly secret: string;
}

/** What the cookie holds: `tag.secret~tag.secret`, the latest first. Anything else is ignored. */
export function readSecrets(cookie: string): readonly BrowserSecret[] {
  return cookie
    .split('~', peoplePerBrowser)
    .map((part) => /^([\w-]{12})\.([\w-]{43})$/.exec(part))
    .flatMap((match) =>
      match?.[1] === undefined || match[2] === undefined ? [] : [{ tag: match[1], secret: match[2] }],
    );
}

export function writeSecrets(secrets: readonly BrowserSecret[]): string {
  return secrets
    .slice(0, peoplePerBrowser)
    .map(({ tag, secret }) => `${tag}.${secret}`)
    .join('~');
}
