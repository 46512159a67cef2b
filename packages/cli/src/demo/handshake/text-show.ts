import { hang, wrap } from '../../terminal/text.js';
import type { Sink } from '../../terminal/surface.js';
import type { Style } from '../../terminal/style.js';
import { SequenceDiagram } from './diagram.js';
import { meaningOf } from './meanings.js';
import type { Show, ShowEvent } from './show.js';

const leastWidth = 60;
const usualWidth = 80;
/** Longer lines of prose are hard to read, and arrows hard to follow. */
const mostWidth = 100;
const partyWidth = 13;
const factWidth = 16;

/** The show for a person: prose, sequence diagrams, verdicts; at most 100 columns, 80 where nothing says how many. */
export class TextShow implements Show {
  readonly #sink: Sink;
  readonly #style: Style;
  readonly #width: number;
  readonly #diagram: SequenceDiagram;
  #scenes = 0;
  #last: ShowEvent['event'] | undefined;

  constructor(sink: Sink, style: Style) {
    this.#sink = sink;
    this.#style = style;
    this.#width = Math.min(Math.max(sink.columns ?? usualWidth, leastWidth), mostWidth) - 1;
    this.#diagram = new SequenceDiagram(this.#width, style);
  }

  tell(event: ShowEvent): void {
    const lines = this.#lines(event);
    const isBlock = startsBlock(event.event, this.#last);
    this.#last = event.event;
    this.#sink.write(`${isBlock ? '\n' : ''}${lines.map((line) => `${line.trimEnd()}\n`).join('')}`);
  }

  #lines(event: ShowEvent): string[] {
    const { bold, dim, good, bad, accent } = this.#style;
    switch (event.event) {
      case 'title':
        return [bold(event.text), ...event.lines.flatMap((line) => wrap(line, this.#width))];
      case 'scene':
        return [
          bold(accent(`${++this.#scenes}. ${event.title}`)),
          ...wrap(event.text, this.#width - 3).map((line) => `   ${line}`),
        ];
      case 'lanes':
        return this.#diagram.start(event.left, event.right, event.addresses);
      case 'message':
        return this.#diagram.message(event, event.isRepeated ? undefined : meaningOf(event));
      case 'data':
        return this.#diagram.data(event.text, event.sealedLength, event.from, event.milliseconds);
      case 'overheard': {
        const head = `   ${event.from.padEnd(partyWidth)}${`${event.length}`.padStart(5)}  `;
        const lines = hang(head, event.sees, this.#width);
        return event.inTheClear ? lines : lines.map(dim);
      }
      case 'fact':
        return hang(`   ${event.label.padEnd(factWidth)}`, event.text, this.#width);
      case 'says':
        return [
          ...hang(`   ${`${event.who}:`.padEnd(factWidth)}`, `${event.message} [${event.code}]`, this.#width).map(bad),
          ...(event.remedy === undefined ? [] : hang(`   ${''.padEnd(factWidth)}→ `, event.remedy, this.#width)),
        ];
      case 'note':
        return wrap(event.text, this.#width - 3).map((line) => dim(`   ${line}`));
      case 'command':
        return commandLines(event.text, this.#width - 3).map((line) => accent(`   ${line}`));
      case 'quote':
        return [`     ${event.text}`];
      case 'expectation': {
        const lines = hang(event.observed ? '   ✔ ' : '   ✘ ', event.what, this.#width);
        return lines.map(event.observed ? good : (line) => bold(bad(line)));
      }
      case 'end':
        return event.ok
          ? [bold(good(`All ${event.observed} expectations were observed.`))]
          : [
              bold(bad(`${event.missed.length} expectations were not observed:`)),
              ...event.missed.map((what) => `  ✘ ${what}`),
            ];
    }
  }
}

/** A command broken between its options, in the way a shell takes it back when it is copied. */
function commandLines(command: string, width: number): string[] {
  const parts = command.split(/ (?=-)/);
  const lines: string[] = [];
  for (const part of parts) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + part.length + 2 <= width) lines[lines.length - 1] = `${last} ${part}`;
    else lines.push(lines.length === 0 ? part : `  ${part}`);
  }
  return lines.map((line, index) => (index < lines.length - 1 ? `${line} \\` : line));
}

/** Whether an empty line goes before: where another kind of thing begins. */
function startsBlock(event: ShowEvent['event'], last: ShowEvent['event'] | undefined): boolean {
  if (last === undefined || event === last) return false;
  const flows = (kind: ShowEvent['event']): boolean => kind === 'lanes' || kind === 'message' || kind === 'data';
  if (flows(event) && flows(last)) return event === 'lanes';
  return !(last === 'command' && event === 'quote');
}
