/** Standard input line by line, read no further than it is asked for. */
export class InputLines {
  readonly #chunks: AsyncIterator<Uint8Array>;
  readonly #decoder = new TextDecoder();
  #rest = '';
  #ended = false;

  constructor(input: AsyncIterable<Uint8Array>) {
    this.#chunks = input[Symbol.asyncIterator]();
  }

  /** The next line without its end; `undefined` when there is none any more. */
  async next(): Promise<string | undefined> {
    for (;;) {
      const end = this.#rest.indexOf('\n');
      if (end >= 0) return this.#take(end);
      if (this.#ended) return this.#rest === '' ? undefined : this.#take(this.#rest.length);
      await this.#read();
    }
  }

  async #read(): Promise<void> {
    const chunk = await this.#chunks.next();
    this.#ended = chunk.done === true;
    this.#rest += chunk.done === true ? this.#decoder.decode() : this.#decoder.decode(chunk.value, { stream: true });
  }

  #take(end: number): string {
    const line = this.#rest.slice(0, end).replace(/\r$/, '');
    this.#rest = this.#rest.slice(end + 1);
    return line;
  }
}
