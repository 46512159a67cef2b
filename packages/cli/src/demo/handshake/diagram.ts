import { clip, count, hang } from '../../terminal/text.js';
import type { Style } from '../../terminal/style.js';
import type { MessageShown, Party } from './show.js';

/** Columns of the time at the left. */
const timeWidth = 7;

/** An arrow's line, cut into what is drawn in one style. */
interface Arrow {
  readonly name: string;
  readonly size: string;
  readonly isProtected: boolean;
}

/**
 * A sequence diagram that grows downwards: one party left, one right, time at the margin. What is in the clear goes
 * along a thin line, what is sealed along a double one.
 */
export class SequenceDiagram {
  readonly #width: number;
  readonly #style: Style;
  #left: Party | undefined;
  /** What was said last under each label, by direction: what is the same again is not told again. */
  readonly #told = new Map<string, string>();

  /** @param width of the whole, in columns. */
  constructor(width: number, style: Style) {
    this.#width = width;
    this.#style = style;
  }

  /** The heads of the two lanes. */
  start(left: Party, right: Party, addresses: readonly string[]): string[] {
    this.#left = left;
    const [leftAddress = '', rightAddress = ''] = addresses;
    const inner = this.#width - timeWidth;
    const row = (a: string, b: string) => ' '.repeat(timeWidth) + a + b.padStart(inner - a.length);
    return [this.#style.bold(row(left, right)), this.#style.dim(row(leftAddress, rightAddress)), this.#bars('', plain)];
  }

  message(shown: MessageShown, meaning: string | undefined): string[] {
    const { name, length, isProtected, isRepeated, from, milliseconds } = shown;
    const arrow = { name: isRepeated ? `${name} (again)` : name, size: count(length, 'byte'), isProtected };
    return [
      this.#arrow(arrow, from, milliseconds),
      ...(meaning !== undefined && this.#isNews(shown, meaning, meaning) ? this.#inside(meaning, plain) : []),
      ...this.#news(shown).flatMap((text) => this.#inside(text, this.#style.dim)),
    ];
  }

  data(text: string, sealedLength: number, from: Party, milliseconds: number): string[] {
    const arrow = { name: 'ApplicationData', size: count(sealedLength, 'byte'), isProtected: true };
    return [this.#arrow(arrow, from, milliseconds), ...this.#inside(`“${text}”`, this.#style.good)];
  }

  /** The fields, without those that are as they were when such a message last went this way. */
  #news(shown: MessageShown): string[] {
    const { fields } = shown;
    const fresh = fields.filter(([label, text]) => this.#isNews(shown, label, text));
    const rest = fresh.length > 0 && fresh.length < fields.length ? ['the rest as before'] : [];
    return [...fresh.map(([label, text]) => `${label}: ${text}`), ...rest];
  }

  #isNews({ from, name }: MessageShown, label: string, text: string): boolean {
    const key = `${from === this.#left} ${name} ${label}`;
    const before = this.#told.get(key);
    this.#told.set(key, text);
    return before !== text;
  }

  #arrow({ name, size, isProtected }: Arrow, from: Party, milliseconds: number): string {
    const toRight = from === this.#left;
    const line = isProtected ? '═' : '─';
    const space = this.#width - timeWidth - 2;
    const label = clip(name, space - size.length - 10);
    const gap = line.repeat(space - label.length - size.length - 9);
    const colour = isProtected ? this.#style.good : this.#style.accent;
    const [start, end] = toRight ? [`├${line}${line}`, `${line}${line}▶│`] : [`│◀${line}`, `${line}${line}${line}┤`];
    const time = milliseconds.toFixed(1).padStart(timeWidth - 2);
    const middle = ` ${this.#style.bold(label)} ${colour(gap)} ${size} `;
    return `${this.#style.dim(time)}  ${colour(start)}${middle}${colour(end)}`;
  }

  #inside(text: string, style: (text: string) => string): string[] {
    const inner = this.#width - timeWidth - 8;
    return hang('', text, inner).map((line) => this.#bars(line, style));
  }

  #bars(text: string, style: (text: string) => string): string {
    const inner = this.#width - timeWidth - 2;
    const padding = ' '.repeat(Math.max(inner - 4 - text.length, 0));
    return `${' '.repeat(timeWidth)}│    ${style(text)}${padding}│`;
  }
}

function plain(text: string): string {
  return text;
}
