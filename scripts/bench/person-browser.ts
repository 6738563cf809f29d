import type { Answer, Asked, Lane } from './lane.ts';

/** A new browser: keeps the cookies of one sign-in, whose names never meet, so paths need no care. */
export class PersonBrowser {
  #lane: Lane;
  readonly #cookies = new Map<string, string>();

  constructor(lane: Lane) {
    this.#lane = lane;
  }

  /** From now on by another connection. */
  through(lane: Lane): this {
    this.#lane = lane;
    return this;
  }

  async ask(url: URL, asked: Asked = {}): Promise<Answer> {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await this.#lane.ask(url, cookie === '' ? asked : { ...asked, headers: { cookie } });
    for (const header of answer.setCookies) this.#keep(header);
    return answer;
  }

  #keep(header: string): void {
    const [, name = '', value = ''] = /^([^=;]+)=([^;]*)/.exec(header) ?? [];
    if (value === '') this.#cookies.delete(name);
    else this.#cookies.set(name, value);
  }
}
