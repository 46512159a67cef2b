import { Help, type Option } from 'commander';
import { hang } from './text.js';

/** What the help says of an option: a default that only says that an option was not given is no news. */
export function optionDescription(option: Option): string {
  return option.defaultValue === false ? option.description : new Help().optionDescription(option);
}

/** Commander's word that a command line is wrong, in the form of all other errors; its own lines stay. */
export function usageError(text: string, columns = 80): string {
  const [first = '', ...more] = text
    .replace(/^error: /, '')
    .trimEnd()
    .split('\n');
  return [...hang('selvage: ', first, columns - 1), ...more, ''].join('\n');
}
