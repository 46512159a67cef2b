/**
 * A command that is longer than `width` as lines that a shell takes as one, where all of them have room: a broken word
 * cannot be copied, nor one within quotation marks.
 */
export function commandLines(command: string, width: number): string[] {
  const lines = shellLines(command, width);
  return lines.every((line) => line.length <= width) ? lines : [command];
}

function shellLines(command: string, width: number): string[] {
  if (command.length <= width) return [command];
  const head = command.slice(0, width - 1);
  const at = head.lastIndexOf(' ');
  if (at < (/\S/.exec(command)?.index ?? 0) || /['"]/.test(head)) return [command];
  return [`${command.slice(0, at)} \\`, ...shellLines(`  ${command.slice(at + 1)}`, width)];
}

/** A time that people wait for: milliseconds, or seconds where those have five digits. */
export function tookText(milliseconds: number): string {
  return milliseconds < 10_000 ? `${milliseconds.toFixed(0)} ms` : `${(milliseconds / 1000).toFixed(1)} s`;
}

/** Where a word stands that has a line of its own. */
const wordIndent = 2;

/**
 * Breaks text at its spaces into lines of at most `width` characters. A word that is longer stands on its own line,
 * unbroken: an address or a hash that is cut cannot be copied.
 */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/).filter((entry) => entry !== '')) {
    if (line === '') line = word;
    else if (line.length + 1 + word.length <= width) line += ` ${word}`;
    else {
      lines.push(line);
      line = word;
    }
  }
  if (line !== '') lines.push(line);
  return lines;
}

/** As {@link wrap}, with `first` before the first line and as many spaces before the others. */
export function hang(first: string, text: string, width: number): string[] {
  const indent = ' '.repeat(first.length);
  return wrap(text, Math.max(width - first.length, 20)).map((line, index) => (index === 0 ? first : indent) + line);
}

/**
 * Breaks a line that is longer than `width` at its spaces; what goes on below stands under the last column of the line,
 * or under what it begins with. A word that is too long for that gets a line of its own, further to the left, unbroken.
 */
export function fold(line: string, width: number): string[] {
  if (line.length <= width) return [line];
  const column = /^.* {2,}(?=\S)/.exec(line)?.[0].length ?? 0;
  const indent = column <= width / 2 ? column : (/^ */.exec(line)?.[0].length ?? 0);
  const space = line.lastIndexOf(' ', width);
  const goesOn = space > indent;
  const at = goesOn ? space : line.indexOf(' ', indent);
  if (at < 0) return foldedWord(line, indent, width);
  const head = goesOn ? [line.slice(0, at).trimEnd()] : foldedWord(line.slice(0, at), indent, width);
  return [...head, ...fold(' '.repeat(indent) + line.slice(at).trimStart(), width)];
}

/** A line whose last word does not fit behind what stands before it. */
function foldedWord(line: string, indent: number, width: number): string[] {
  const [label, word] = [line.slice(0, indent).trimEnd(), line.slice(indent)];
  const before = label === '' ? [] : [label];
  const room = Math.max(0, Math.min(wordIndent, width - word.length));
  return line.length <= width ? [line] : [...before, ' '.repeat(room) + word];
}

/** Shortens text to `width` characters, with an ellipsis where something is missing. */
export function clip(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(width - 1, 0))}…`;
}

/** `1 byte`, `2 bytes`. */
export function count(amount: number, noun: string): string {
  return `${amount.toLocaleString('en')} ${noun}${amount === 1 ? '' : 's'}`;
}

/** Text of somebody else's, with nothing in it that a terminal would obey. */
export function printable(text: string): string {
  return text.replaceAll(/\p{C}/gu, '\ufffd');
}
