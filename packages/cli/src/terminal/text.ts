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
