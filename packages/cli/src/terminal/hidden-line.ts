/** What became of a line that somebody types. */
export type HiddenLineState = 'typing' | 'done' | 'ended' | 'interrupted';

const controls: Readonly<Record<string, 'interrupted' | 'ended' | 'done' | 'erase' | 'clear'>> = {
  '\u0003': 'interrupted',
  '\u0004': 'ended',
  '\n': 'done',
  '\r': 'done',
  '\b': 'erase',
  '\u007f': 'erase',
  '\u0015': 'clear',
};

/** A line typed on a terminal that shows nothing and edits nothing: the keys come here as they are. */
export class HiddenLine {
  #characters: string[] = [];
  #state: HiddenLineState = 'typing';

  get state(): HiddenLineState {
    return this.#state;
  }

  get text(): string {
    return this.#characters.join('');
  }

  /** Takes keys; what comes behind the line's end is dropped. */
  press(keys: string): HiddenLineState {
    for (const key of keys) {
      if (this.#state !== 'typing') break;
      const control = Object.hasOwn(controls, key) ? controls[key] : undefined;
      if (control === undefined) this.#characters.push(key);
      else if (control === 'erase') this.#characters.pop();
      else if (control === 'clear') this.#characters = [];
      // Ctrl-D ends the input only where nothing was typed yet.
      else if (control !== 'ended' || this.#characters.length === 0) this.#state = control;
    }
    return this.#state;
  }
}
