/** One record of a CSV file, and the line on which it begins. */
export interface CsvRecord {
  readonly line: number;
  readonly cells: readonly string[];
}

/** The file cannot be read on from here. */
export interface CsvBreak {
  readonly line: number;
  readonly fault: string;
}

export const longestCell = 4_096;
export const mostCells = 64;

/**
 * RFC 4180 read as a stream: CRLF, LF and CR end a line, also mixed, and stand inside quotes; empty lines are left out.
 * Stops at the first thing that makes the rest doubtful.
 */
export class CsvRecords {
  readonly #delimiter: string;
  readonly #special: RegExp;
  #line = 1;
  #recordLine = 1;
  #cells: string[] = [];
  #cell = '';
  #state: 'start' | 'plain' | 'quoted' | 'closed' = 'start';
  #afterReturn = false;
  #broken: CsvBreak | undefined;

  constructor(delimiter: string) {
    this.#delimiter = delimiter;
    this.#special = new RegExp(`["\\r\\n\\0${delimiter}]`, 'g');
  }

  /** The records that `text` completes. After a break nothing more comes. */
  *read(text: string): Generator<CsvRecord | CsvBreak> {
    for (let at = 0; at < text.length && this.#broken === undefined; ) {
      const plain = this.#plainFrom(text, at);
      if (plain > at) {
        this.#afterReturn = false;
        if (this.#state === 'start') this.#state = 'plain';
        this.#add(text.slice(at, plain));
        at = plain;
      } else {
        const record = this.#sign(text.charAt(at));
        if (record !== undefined) yield record;
        at += 1;
      }
      if (this.#broken !== undefined) yield this.#broken;
    }
  }

  /** Up to where `text` holds nothing but what belongs to the cell that is open. */
  #plainFrom(text: string, at: number): number {
    if (this.#state === 'closed') return at;
    const special = this.#special;
    special.lastIndex = at;
    return special.exec(text)?.index ?? text.length;
  }

  #sign(sign: string): CsvRecord | undefined {
    const isLineFeedOfPair = this.#afterReturn && sign === '\n';
    this.#afterReturn = sign === '\r';
    if (isLineFeedOfPair && this.#state !== 'quoted') return undefined;
    if ((sign === '\n' && !isLineFeedOfPair) || sign === '\r') this.#line += 1;
    return this.#take(sign);
  }

  *end(): Generator<CsvRecord | CsvBreak> {
    if (this.#broken !== undefined) return;
    if (this.#state === 'quoted') {
      yield this.#break('a quoted cell of this record does not end', this.#recordLine);
      return;
    }
    const record = this.#finish();
    if (record !== undefined) yield record;
  }

  #take(sign: string): CsvRecord | undefined {
    if (sign === '\0') {
      this.#break('a NUL character', this.#line);
      return undefined;
    }
    if (this.#state === 'quoted') {
      if (sign === '"') this.#state = 'closed';
      else this.#add(sign);
      return undefined;
    }
    if (sign === this.#delimiter) {
      this.#endCell();
      return undefined;
    }
    if (sign === '\n' || sign === '\r') return this.#finish();
    if (sign === '"' && this.#state === 'start') {
      this.#state = 'quoted';
    } else if (sign === '"' && this.#state === 'closed') {
      this.#state = 'quoted';
      this.#add(sign);
    } else if (this.#state === 'closed') {
      this.#break('characters after a closing quote', this.#line);
    } else if (sign === '"') {
      this.#break('a quote inside a cell that does not begin with one', this.#line);
    } else {
      this.#state = 'plain';
      this.#add(sign);
    }
    return undefined;
  }

  #add(sign: string): void {
    this.#cell += sign;
    if (this.#cell.length > longestCell) this.#break(`a cell longer than ${longestCell} characters`, this.#recordLine);
  }

  #endCell(): void {
    this.#cells.push(this.#cell);
    this.#cell = '';
    this.#state = 'start';
    if (this.#cells.length > mostCells) this.#break(`more than ${mostCells} columns`, this.#recordLine);
  }

  #finish(): CsvRecord | undefined {
    this.#endCell();
    const record = { line: this.#recordLine, cells: this.#cells };
    this.#cells = [];
    this.#recordLine = this.#line;
    const isEmpty = record.cells.length === 1 && record.cells[0]?.trim() === '';
    return isEmpty || this.#broken !== undefined ? undefined : record;
  }

  #break(fault: string, line: number): CsvBreak {
    this.#broken ??= { line, fault };
    return this.#broken;
  }
}

/** The sign that separates columns: of comma, semicolon and tab the one that stands most often in the first line. */
export function delimiterOf(firstLine: string): string {
  const count = (sign: string) => firstLine.split(sign).length;
  return [',', ';', '\t'].reduce((best, sign) => (count(sign) > count(best) ? sign : best));
}
