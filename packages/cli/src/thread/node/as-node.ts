import type { Command } from 'commander';
import { wholeNumber } from '../../dtls/options.js';
import { addJsonOption, addSiteOption } from '../../ocf/options.js';
import type { Surface } from '../../terminal/surface.js';
import { radioOption } from '../radio/radio-name.js';

/** Which network: the words of commander. */
export const datasetArgument = [
  '[dataset]',
  'hexadecimal, a file that holds it, or - for standard input; that of the site where it is left out',
] as const;

/** Gives a command what every verb has that takes part in a network. */
export function asNode(command: Command, surface: Surface): Command {
  const seconds = wholeNumber(1, 3600);
  return withRadio(command, surface).option('--timeout <seconds>', 'how long attaching may take', seconds, 30);
}

/** Gives a command a radio. */
export function withRadio(command: Command, surface: Surface): Command {
  return addJsonOption(addSiteOption(command.addOption(radioOption()), surface));
}
