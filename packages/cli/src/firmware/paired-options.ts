import { Command, type ParseOptionsResult } from 'commander';

/** Options of imgtool that take two words. */
const paired = ['--custom-tlv', '--custom-tlv-file'];

/** A command with options of two words, `--custom-tlv 0xa0 0x0102`, which commander does not have. */
export class PairedOptionsCommand extends Command {
  override parseOptions(words: string[]): ParseOptionsResult {
    return super.parseOptions(joined(words));
  }
}

function joined(words: readonly string[]): string[] {
  const result: string[] = [];
  for (let at = 0; at < words.length; at++) {
    const [word = '', type = '', value] = words.slice(at, at + 3);
    // Behind `--` words are what they are; with a `=` the two are one already.
    if (word === '--') return [...result, ...words.slice(at)];
    if (!paired.includes(word) || value === undefined || type.includes('=')) result.push(word);
    else {
      result.push(word, `${type}=${value}`);
      at += 2;
    }
  }
  return result;
}
