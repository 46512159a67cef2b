import { InputLines } from './input-lines.js';
import type { Surface } from './surface.js';

/** Asks the person at the terminal. */
export class Questions {
  readonly #surface: Surface;
  #lines: InputLines | undefined;

  constructor(surface: Surface) {
    this.#surface = surface;
  }

  /** Whether anybody is there to answer. */
  get canAsk(): boolean {
    return this.#surface.canAsk;
  }

  /** The answer without spaces around it; `undefined` where the input has ended. */
  async ask(question: string): Promise<string | undefined> {
    const { stderr, stdin } = this.#surface;
    stderr.write(`${question} `);
    this.#lines ??= new InputLines(stdin);
    return (await this.#lines.next())?.trim();
  }

  /** Whether the answer begins with y. */
  async confirm(question: string): Promise<boolean> {
    const answer = await this.ask(`${question} [y/N]`);
    return answer?.toLowerCase().startsWith('y') === true;
  }
}
