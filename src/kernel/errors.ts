/**
 * What should not happen, thrown. What a person can cause is a value (a closed union per operation), never this.
 * `code` is stable and greppable, `messageKey` names the text people see (catalogue key, `error.<code>` by default),
 * `cause` is private: it goes to the log under the reference number, never to a page.
 */
const statusOf = {
  bad_request: 400,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  gone: 410,
  too_large: 413,
  headers_too_large: 431,
  too_many: 429,
  internal: 500,
  unavailable: 503,
} as const;

export type ErrorCode = keyof typeof statusOf;

export interface ErrorDetails {
  readonly messageKey?: string;
  readonly params?: Readonly<Record<string, string | number>>;
  readonly retryAfterS?: number;
  readonly cause?: unknown;
}

export class GatehouseError extends Error {
  readonly code: ErrorCode;
  readonly status: number;
  readonly messageKey: string;
  readonly params: Readonly<Record<string, string | number>>;
  readonly retryAfterS: number | undefined;

  /** `message`: for the log, in English, without secrets. */
  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, { cause: details.cause });
    this.name = 'GatehouseError';
    this.code = code;
    this.status = statusOf[code];
    this.messageKey = details.messageKey ?? `error.${code}`;
    this.params = details.params ?? {};
    this.retryAfterS = details.retryAfterS;
  }
}
