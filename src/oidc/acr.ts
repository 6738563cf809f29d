import { type Params, words } from './params.ts';

/** Levels of a sign-in, weakest first. See "What tokens say" in docs/architecture.md. */
const acrLevels = ['single', 'mfa', 'phr'] as const;

export interface RequestedAcr {
  /** `acr_values`: in order of preference. */
  readonly acrValues: readonly string[];
  /** An essential `acr` claim: one of these, or an error (OIDC Core §5.5.1.1). */
  readonly essentialAcr: readonly string[];
}

export function requestedAcr(params: Params): RequestedAcr {
  const acrValues = words(params.acr_values);
  const claim = claimRequests(params).id_token?.acr;
  if (claim === undefined || claim === null || claim.essential !== true) return { acrValues, essentialAcr: [] };
  const values = Array.isArray(claim.values) ? claim.values : [claim.values ?? claim.value];
  return { acrValues, essentialAcr: values.filter((value) => value !== undefined).map(asText) };
}

/** A session of level `acr` also has every level below it. */
export function reaches(acr: string | undefined, wanted: string): boolean {
  if (acr === wanted) return true;
  const have = (acrLevels as readonly string[]).indexOf(acr ?? '');
  const want = (acrLevels as readonly string[]).indexOf(wanted);
  return want >= 0 && have >= want;
}

/** What the token says: an essential request is answered with the value asked for, otherwise the session's own level. */
export function answeredAcr(acr: string | undefined, { essentialAcr }: RequestedAcr): string | undefined {
  if (acr === undefined || essentialAcr.includes(acr)) return acr;
  return essentialAcr.find((wanted) => reaches(acr, wanted)) ?? acr;
}

/** What is no text is insisted on all the same, and met by nothing. */
export const asText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

type ClaimRequest = { readonly essential?: unknown; readonly value?: unknown; readonly values?: unknown } | null;

export interface ClaimRequests {
  readonly id_token?: Readonly<Record<string, ClaimRequest>> | undefined;
  readonly userinfo?: Readonly<Record<string, ClaimRequest>> | undefined;
}

/** The `claims` parameter. Its JSON was checked by the provider before. */
export function claimRequests(params: Params): ClaimRequests {
  return typeof params.claims === 'string' ? (JSON.parse(params.claims) as ClaimRequests) : {};
}
