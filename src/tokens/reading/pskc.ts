import { judgeToken, type Read } from './draft.ts';
import { type Element, type Event, PskcElements } from './pskc-elements.ts';
import { encryptionKeyOf, macKeyOf, PskcFault, type PskcKeys, type PskcSecrets } from './pskc-key.ts';
import { type IdFrom, tokenOf } from './pskc-token.ts';

export interface PskcOptions extends PskcSecrets {
  readonly idFrom?: IdFrom;
  readonly allowsShortSeeds?: boolean;
}

const namespace = 'urn:ietf:params:xml:ns:keyprov:pskc';

/** Reads a PSKC file (RFC 6030), one token after the other. `texts`: the file in parts, without a byte order mark. */
export async function* readPskc(texts: AsyncIterable<string>, options: PskcOptions): AsyncGenerator<Read> {
  const elements = new PskcElements();
  let keys: PskcKeys = {};
  let hasRoot = false;

  /** What an event tells; `true` when nothing after it can be read. */
  async function tell(event: Event): Promise<{ readonly reads: readonly Read[]; readonly isOver: boolean }> {
    const over = (line: number, fault: string) => ({ reads: [{ line, faults: [fault] }], isOver: true });
    if (event.is === 'broken') return over(event.line, event.fault);
    const { element } = event;
    if (event.is === 'root') {
      hasRoot = true;
      if (element.name !== 'KeyContainer' || event.namespace !== namespace)
        return over(element.line, 'this is no PSKC file: its root is not KeyContainer of RFC 6030');
      if (!/^1(\.|$)/.test(element.attributes['Version'] ?? ''))
        return over(element.line, 'this is another version of PSKC than 1.0');
      return { reads: [], isOver: false };
    }
    try {
      if (element.name === 'EncryptionKey') keys = { ...keys, encryption: await encryptionKeyOf(element, options) };
      if (element.name === 'MACMethod') keys = { ...keys, mac: macKeyOf(element, keys.encryption) };
    } catch (error) {
      if (!(error instanceof PskcFault)) throw error;
      // Without the keys every token would be a fault.
      return over(element.line, error.message);
    }
    if (element.name === 'Signature')
      return {
        reads: [{ line: element.line, skipped: 'the signature of the file, which is not checked' }],
        isOver: false,
      };
    return { reads: element.name === 'KeyPackage' ? [judged(element, keys, options)] : [], isOver: false };
  }

  for await (const text of texts) {
    for (const event of elements.read(text)) {
      const { reads, isOver } = await tell(event);
      yield* reads;
      if (isOver) return;
    }
  }
  for (const event of elements.end()) {
    const { reads, isOver } = await tell(event);
    yield* reads;
    if (isOver) return;
  }
  if (!hasRoot) yield { line: 1, faults: ['this is no PSKC file: it is empty'] };
}

function judged(element: Element, keys: PskcKeys, options: PskcOptions): Read {
  const { line } = element;
  try {
    const read = tokenOf(element, keys, options.idFrom ?? 'serial');
    return 'raw' in read ? judgeToken(read.raw, line, options) : { line, skipped: read.skipped };
  } catch (error) {
    if (!(error instanceof PskcFault)) throw error;
    return { line, faults: [error.message] };
  }
}
