import { SelvageError } from '@selvage/core';
import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import { parseDuration } from './duration.js';

/** Where a text comes from, for whoever has to mend it. */
interface Source {
  readonly name: string;
  readonly lines: LineCounter;
  readonly document: Document;
}

/** A value in a YAML document that knows where it stands, so that what is wrong with it can be said with line and field. */
export class YamlField {
  readonly path: string;
  readonly #source: Source;
  readonly #node: Node | null;
  readonly #line: number;

  private constructor(source: Source, node: Node | null, path: string, line: number) {
    this.#source = source;
    this.#node = isAlias(node) ? (node.resolve(source.document) ?? null) : node;
    this.path = path;
    this.#line = node?.range ? source.lines.linePos(node.range[0]).line : line;
  }

  /** @throws SelvageError `invalid-argument` for what is no YAML */
  static parse(text: string, name: string): YamlField {
    const lines = new LineCounter();
    const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
    const [error] = document.errors;
    if (error !== undefined) {
      const { line, col } = lines.linePos(error.pos[0]);
      throw problemAt({ name, line, field: `column ${col}` }, `this is no YAML: ${error.message}`, 'mend it there');
    }
    return new YamlField({ name, lines, document }, document.contents, '', 1);
  }

  /** What is wrong here, and what to do. */
  problem(what: string, remedy: string): SelvageError {
    return problemAt({ name: this.#source.name, line: this.#line, field: this.path || 'the scenario' }, what, remedy);
  }

  /** The fields of a map by their names. @throws SelvageError for a field that is not among the known ones */
  fields<Name extends string>(known: readonly Name[]): Partial<Record<Name, YamlField>> {
    const node = this.#node;
    if (!isMap(node))
      throw this.problem(`there is no ${this.path === '' ? 'scenario' : 'map'} here`, `give it ${known.join(', ')}`);
    const found: Partial<Record<string, YamlField>> = {};
    for (const { key, value } of node.items) {
      const name = isScalar(key) ? String(key.value) : '';
      const at = isScalar(key) && key.range ? this.#source.lines.linePos(key.range[0]).line : this.#line;
      const path = this.path === '' ? name : `${this.path}.${name}`;
      const field = new YamlField(this.#source, value as Node | null, path, at);
      if (!(known as readonly string[]).includes(name)) {
        throw field.problem(`there is no such field`, `the fields here are ${known.join(', ')}`);
      }
      found[name] = field;
    }
    return found;
  }

  list(): YamlField[] {
    const node = this.#node;
    if (!isSeq(node)) throw this.problem('this is no list', 'write [ …, … ], or a line with a dash for each');
    return node.items.map(
      (item, i) => new YamlField(this.#source, item as Node | null, `${this.path}[${i}]`, this.#line),
    );
  }

  get isList(): boolean {
    return isSeq(this.#node);
  }

  /** Nothing, or true: the name of the field says it all. */
  flag(): true {
    const value = this.#scalar();
    if (value === null || value === true) return true;
    throw this.problem('what stands here says nothing', 'leave it empty');
  }

  text(): string {
    const value = this.#scalar();
    if (typeof value === 'string' || typeof value === 'number') return String(value);
    throw this.problem('this is no text', 'write a word');
  }

  choice<Choice extends string>(choices: readonly Choice[]): Choice {
    const text = this.text();
    const found = choices.find((choice) => choice === text);
    if (found !== undefined) return found;
    throw this.problem(`${text} is none of them`, `it is one of ${choices.join(', ')}`);
  }

  number(least: number, most: number): number {
    const value = this.#scalar();
    if (typeof value === 'number' && value >= least && value <= most) return value;
    throw this.problem('this is not such a number', `write one from ${least} to ${most}`);
  }

  whole(least: number, most: number): number {
    const value = this.number(least, most);
    if (Number.isInteger(value)) return value;
    throw this.problem(`${value} is no whole number`, `write one from ${least} to ${most}`);
  }

  /** Milliseconds. */
  duration(): number {
    const text = this.text();
    const duration = parseDuration(text);
    if (duration !== undefined) return duration;
    throw this.problem(`${text} is no duration`, 'write 250ms, 90s, 5m, 2h or 1h 30m');
  }

  #scalar(): unknown {
    const node = this.#node;
    if (node === null) return null;
    if (isScalar(node)) return node.value;
    throw this.problem('one value belongs here', 'write a single word or number');
  }
}

function problemAt(
  { name, line, field }: { readonly name: string; readonly line: number; readonly field: string },
  what: string,
  remedy: string,
): SelvageError {
  return new SelvageError('invalid-argument', `${name}, line ${line}, ${field}: ${what}`, {
    remedy,
    details: { line, field },
  });
}
