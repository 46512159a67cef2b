import { Secret, SelvageError } from '@selvage/core';
import { HiddenLine } from './hidden-line.js';
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

  /**
   * An answer that the terminal does not show; `undefined` where there is none.
   * @throws SelvageError `cancelled` for Ctrl-C
   */
  async askSecret(question: string): Promise<Secret | undefined> {
    const { stderr, stdin } = this.#surface;
    const [line, decoder] = [new HiddenLine(), new TextDecoder()];
    // Asked by hand: a loop that is left would close the terminal's input for whatever is asked later.
    const input = stdin[Symbol.asyncIterator]();
    stderr.write(`${question} `);
    this.#surface.showTyping(false);
    try {
      while (line.state === 'typing') {
        const keys = await input.next();
        if (keys.done === true) break;
        line.press(decoder.decode(keys.value, { stream: true }));
      }
    } finally {
      this.#surface.showTyping(true);
      stderr.write('\n');
    }
    if (line.state === 'interrupted') throw new SelvageError('cancelled', 'no answer was given');
    return line.text === '' ? undefined : Secret.text(line.text);
  }

  /** Whether the answer begins with y. */
  async confirm(question: string): Promise<boolean> {
    const answer = await this.ask(`${question} [y/N]`);
    return answer?.toLowerCase().startsWith('y') === true;
  }
}
