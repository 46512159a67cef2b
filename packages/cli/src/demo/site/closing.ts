type Close = () => Promise<void> | void;

/** What is to be closed at the end, the last first. */
export class Closing {
  readonly #open: Close[] = [];
  #isOver = false;

  /** Adds something; where the end has come already, it is closed at once. */
  async add(close: Close): Promise<void> {
    if (this.#isOver) await close();
    else this.#open.push(close);
  }

  /** Closes all; once. */
  async run(): Promise<void> {
    this.#isOver = true;
    for (let close = this.#open.pop(); close !== undefined; close = this.#open.pop()) await close();
  }
}
