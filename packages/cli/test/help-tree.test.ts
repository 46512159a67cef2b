/** `--help` of every command that there is, found as a person finds them: from the program's own. */
import { beforeAll, describe, expect, it } from 'vitest';
import { TestSurface } from './support/test-surface.js';

interface Page {
  /** As it is typed, without `selvage`. */
  readonly name: string;
  readonly text: string;
  readonly verbs: readonly string[];
}

const notVerbs = /^(Options|Arguments|Global Options|Examples|Help|Exit codes)$/;
const pages: Page[] = [];

async function read(words: readonly string[]): Promise<void> {
  const surface = new TestSurface();
  expect([words, await surface.run(...words, '--help'), surface.stderr.text]).toEqual([words, 0, '']);
  const text = surface.stdout.text;
  const verbs = verbsOf(text);
  pages.push({ name: words.join(' '), text, verbs });
  for (const verb of verbs) await read([...words, verb]);
}

/** The commands that a page lists, under whatever headings. */
function verbsOf(text: string): string[] {
  const usage = /^Usage: .*\[command\]$/m.test(text);
  const parts = usage ? text.split(/^(?=[A-Z][^\n]*:$)/m) : [];
  return parts
    .filter((part) => !notVerbs.test(part.slice(0, part.indexOf(':'))))
    .flatMap((part) => [...part.matchAll(/^ {2}([a-z][a-z0-9-]*) {2,}\S/gm)].map(([, verb = '']) => verb))
    .filter((verb) => verb !== 'help');
}

/** Each page without its command lines, which may be longer than a line. */
const proseOf = ({ text }: Page): string[] =>
  text
    .replaceAll(/\\\n\s+/g, '')
    .split('\n')
    .filter((line) => !/^ +\$/.test(line));
const failing = (isWrong: (page: Page) => unknown): string[] => pages.filter(isWrong).map(({ name }) => name);

beforeAll(() => read([]));

describe('the help', () => {
  it('lists all commands, each with a page of its own', () => {
    expect(pages.length).toBe(96);
    expect(new Set(pages.map(({ name }) => name)).size).toBe(pages.length);
  });

  it('keeps to 80 columns, command lines aside', () => {
    expect(failing((page) => proseOf(page).some((line) => line.length > 80))).toEqual([]);
  });

  it('fills its lines: no paragraph goes on after a short line', () => {
    const broken = /^[A-Z][^\n]{60,80}\n[^\n]{1,50}\n(?=[a-z])/m;
    expect(failing(({ text }) => broken.test(text.slice(0, text.indexOf('Options:'))))).toEqual([]);
  });

  it('says of every command what it does, and shows how by example', () => {
    expect(failing(({ text }) => !/^Usage: [^\n]+\n\n[A-Z]/.test(text))).toEqual([]);
    expect(failing(({ text }) => !/^Examples:$/m.test(text) || !/^ +\$ /m.test(text))).toEqual([]);
  });

  it('says of every command that does something how it exits, and has --json where it is to be read', () => {
    const verbs = pages.filter((page) => page.verbs.length === 0);
    expect(verbs.filter(({ text }) => !text.includes('Exit codes: 0')).map(({ name }) => name)).toEqual([]);
    expect(verbs.filter(({ text }) => !text.includes('--json')).map(({ name }) => name)).toEqual([]);
  });

  it('shows defaults as a person would type them', () => {
    expect(failing(({ text }) => /\(default:\s+(false|[[{])/.test(text))).toEqual([]);
  });
});

describe('the examples of a group of commands', () => {
  it('name commands and options that there are', () => {
    const groups = pages.filter((page) => page.verbs.length > 0);
    const lines = groups.flatMap(({ text }) => [...text.replaceAll(/\\\n\s+/g, '').matchAll(/^ +\$ (.*)$/gm)]);
    const ours = lines
      .map(([, line = '']) => line.replace(/^.*?\bselvage /, ''))
      .filter((line) => !/^export /.test(line));
    const wrong = ours.filter((line) => !isKnown(line.split(' ')));
    expect(wrong).toEqual([]);
    expect(ours.length).toBeGreaterThan(30);
  });

  /** Whether the longest command that the words begin with has all the options that follow. */
  function isKnown(words: readonly string[]): boolean {
    const page = pages
      .filter(({ name }) => name !== '' && `${words.join(' ')} `.startsWith(`${name} `))
      .sort((one, other) => other.name.length - one.name.length)[0];
    const options = words.filter((word) => /^--?[a-z]/.test(word));
    return page !== undefined && options.every((option) => new RegExp(`(^|[ ,])${option}[, ]`, 'm').test(page.text));
  }
});
