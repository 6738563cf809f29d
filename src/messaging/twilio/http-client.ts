/** What Twilio's SDK asks of the client that carries its requests (`RequestClient.request`). */
interface SdkRequest {
  readonly method: string;
  readonly uri: string;
  readonly username?: string;
  readonly password?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly data?: Readonly<Record<string, unknown>>;
}

interface SdkResponse {
  readonly statusCode: number;
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string>>;
}

/** The answer came, and is none that Twilio gives: whether it took the request nobody knows. */
export class Garbled extends Error {}

const answerBytesAtMost = 64 * 1024;

/**
 * Carries the SDK's requests, in one go that never takes longer than `deadlineMs`, however slowly an answer drips: the
 * SDK's own client waits as long as every byte comes in time. Follows no redirect, reads no endless answer.
 */
export function createHttpClient(given: { readonly origin: string | undefined; readonly deadlineMs: number }): {
  request(request: SdkRequest): Promise<SdkResponse>;
} {
  return {
    async request({ method, uri, username = '', password = '', headers = {}, params, data }) {
      const url = new URL(uri);
      if (params !== undefined) url.search = formOf(params).toString();
      const target = given.origin === undefined ? url : new URL(url.pathname + url.search, given.origin);
      const answer = await fetch(target, {
        method,
        headers: {
          ...headers,
          authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`,
        },
        ...(data === undefined ? {} : { body: formOf(data) }),
        redirect: 'error',
        signal: AbortSignal.timeout(given.deadlineMs),
      });
      const body = await readJson(answer);
      return { statusCode: answer.status, body, headers: Object.fromEntries(answer.headers) };
    },
  };
}

function formOf(data: Readonly<Record<string, unknown>>): URLSearchParams {
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(data)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== undefined) form.append(name, String(one));
    }
  }
  return form;
}

async function readJson(answer: Response): Promise<unknown> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of answer.body ?? []) {
    length += chunk.length;
    if (length > answerBytesAtMost) throw new Garbled('the answer is too long');
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    // What failed anyway is told by its status alone.
    if (answer.status >= 400) return {};
    throw new Garbled('the answer is no JSON');
  }
}
