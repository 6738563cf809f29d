import type { Clock } from '../kernel/index.ts';
import { type Collection, Duplicate } from '../store/index.ts';
import type { Batches } from './batches.ts';
import { type StoredToken, tokenId } from './collections.ts';
import type { Inventory } from './inventory.ts';
import type { Draft } from './reading/draft.ts';
import type { PskcOptions } from './reading/pskc.ts';
import { readTokens } from './reading/read-tokens.ts';
import type { Actor } from './token.ts';

export interface ImportRequest extends PskcOptions {
  readonly realm: string;
  readonly source: AsyncIterable<Uint8Array>;
  /** For all of them, where the file names none. */
  readonly organization?: string;
  /** Who is meant by an email address, a user name or an id. */
  readonly personOf?: (identifier: string) => Promise<string | undefined>;
  /** Called now and then: how many were read so far. */
  readonly onProgress?: (read: number) => void;
}

export interface LineFault {
  readonly line: number;
  readonly fault: string;
}

export type Imported =
  | { readonly ok: true; readonly added: number; readonly skipped: readonly LineFault[] }
  /** Nothing was added. `more`: that many faults beyond those told. */
  | { readonly ok: false; readonly faults: readonly LineFault[]; readonly more: number };

export type ImportTokens = (request: ImportRequest, actor: Actor) => Promise<Imported>;

const chunkSize = 250;

/** Much less than the silence after which an import is given up. */
const aliveEveryMs = 5_000;
export const mostTokens = 250_000;
const mostFaultsTold = 1_000;
const mostSkippedTold = 100;

/**
 * All of a file or nothing: tokens are staged in a batch that nobody sees, and it goes live in one write when the last
 * one is in and none was at fault.
 */
export function createImport(deps: {
  readonly tokens: Collection<StoredToken>;
  readonly batches: Batches;
  readonly inventory: Inventory;
  readonly clock: Clock;
}): ImportTokens {
  const { tokens, batches, inventory, clock } = deps;

  return async (request, actor) => {
    await batches.repair();
    const batch = await batches.begin(request.realm);
    const faults: LineFault[] = [];
    const skipped: LineFault[] = [];
    const lines = new Map<string, number>();
    let more = 0;
    let aliveAtMs = clock.now().getTime();
    let chunk: { readonly line: number; readonly token: StoredToken }[] = [];

    const fault = (line: number, text: string) => {
      if (faults.length < mostFaultsTold) faults.push({ line, fault: text });
      else more += 1;
    };

    const toStored = async (draft: Draft, line: number): Promise<StoredToken> => {
      const { assignTo, organization = request.organization, ...rest } = draft;
      const people = new Set<string>();
      for (const identifier of assignTo) {
        const person = await request.personOf?.(identifier);
        if (person === undefined) fault(line, `nobody is known as ${identifier}`);
        else people.add(person);
      }
      return {
        id: tokenId(request.realm, draft.credentialId),
        realm: request.realm,
        batch,
        ...rest,
        ...(organization === undefined ? {} : { organization }),
        people: [...people],
        misses: 0,
        createdAt: clock.now(),
      };
    };

    const tellTaken = async () => {
      const known = await Promise.all(chunk.map(({ token }) => tokens.get(token.id)));
      for (const [at, other] of known.entries()) {
        const { line = 0, token } = chunk[at] ?? {};
        if (other === undefined || other.batch === batch || token === undefined) continue;
        const isThere = await batches.isLive(other.batch);
        fault(
          line,
          isThere
            ? `${token.credentialId} is in the inventory already`
            : `${token.credentialId} is being imported by somebody else, or was until a minute ago`,
        );
      }
    };

    /** False: it was silent for too long, and given up. */
    const isAlive = async () => {
      const now = clock.now().getTime();
      if (Math.abs(now - aliveAtMs) < aliveEveryMs) return true;
      aliveAtMs = now;
      return batches.keepAlive(batch);
    };

    const stage = async () => {
      if (!(await isAlive())) {
        fault(0, 'the import was silent for too long and was given up; start it again');
      } else if (faults.length > 0) {
        await tellTaken();
      } else {
        try {
          await tokens.insertMany(chunk.map(({ token }) => token));
        } catch (error) {
          if (!(error instanceof Duplicate)) throw error;
          await tellTaken();
          if (faults.length === 0) fault(0, 'another import of the same tokens was quicker; start it again');
        }
      }
      chunk = [];
      request.onProgress?.(lines.size);
    };

    try {
      for await (const read of readTokens(request.source, request)) {
        if ('faults' in read) {
          for (const text of read.faults) fault(read.line, text);
        } else if ('skipped' in read) {
          if (skipped.length < mostSkippedTold) skipped.push({ line: read.line, fault: read.skipped });
        } else {
          const { draft, line } = read;
          const earlier = lines.get(draft.credentialId);
          if (earlier !== undefined) {
            fault(line, `${draft.credentialId} stands on line ${earlier} already`);
            continue;
          }
          if (lines.size === mostTokens) {
            fault(line, `more than ${mostTokens} tokens; split the file`);
            break;
          }
          lines.set(draft.credentialId, line);
          chunk.push({ line, token: await toStored(draft, line) });
          if (chunk.length === chunkSize) await stage();
        }
        if (more > 0) break;
      }
      if (chunk.length > 0) await stage();
      if (lines.size === 0 && faults.length === 0) fault(1, 'there are no tokens in the file');
      const isLive = faults.length === 0 && (await batches.goLive(batch, actor, { batch, tokens: lines.size }));
      if (isLive) {
        inventory.forgetEmptiness(request.realm);
        return { ok: true, added: lines.size, skipped };
      }
      if (faults.length === 0) fault(0, 'the import was silent for too long and was given up; start it again');
    } catch (error) {
      await batches.discard(batch).catch(() => undefined);
      throw error;
    }
    await batches.discard(batch);
    return { ok: false, faults, more };
  };
}
