import { type Command, Option } from 'commander';
import { wholeNumber } from '../../../dtls/options.js';
import type { Surface } from '../../../terminal/surface.js';
import { type DnsSdPlace, dnsSdPlace, usualPort } from '../dns-sd/place.js';
import type { NetworkOptions } from '../../network/network-of.js';
import { withRadio } from '../../node/as-node.js';

/** How a command gets into a network to commission it: by a border agent, or as a node of it. */
export interface WayInOptions extends NetworkOptions {
  readonly at?: string;
  readonly name?: string;
  readonly mdns: DnsSdPlace;
  readonly dataset?: string;
  /** Each a file; true where it is asked for, or in the environment. */
  readonly pskc?: string | true;
  readonly passphrase?: string | true;
  readonly passcode?: string | true;
  readonly networkName?: string;
  readonly extPan?: string;
  /** Seconds. */
  readonly patience: number;
  readonly json: boolean;
}

/** Everywhere on this host. */
const everywhere: DnsSdPlace = { interface: undefined, port: usualPort };

/** Gives a command the options of {@link WayInOptions}. */
export function addWayIn(command: Command, surface: Surface): Command {
  return withRadio(
    command
      .optionsGroup('The network, by a border agent:')
      .addOption(new Option('--at <host:port>', 'where its border agent is').conflicts('name'))
      .option('--name <text>', 'the name of its border agent, or of the network, as multicast DNS tells it')
      .addOption(mdnsOption())
      .addOption(secretOption('--pskc [file]', 'its PSKc, in hexadecimal', 'SELVAGE_THREAD_PSKC'))
      .addOption(
        secretOption('--passphrase [file]', 'the passphrase of its commissioners', 'SELVAGE_THREAD_PASSPHRASE'),
      )
      .addOption(secretOption('--passcode [file]', 'a one-time passcode, nine digits', 'SELVAGE_THREAD_PASSCODE'))
      .option('--network-name <text>', 'of which, with --passphrase, the PSKc is made')
      .option('--ext-pan <hex>', 'likewise')
      .option('--patience <seconds>', 'how long a border agent or a parent is waited for', wholeNumber(1, 600), 30)
      .optionsGroup('The network, as a node of it, or where its keys are from:')
      .option('--dataset <dataset>', 'hexadecimal, a file, or -; that of the site where it is left out'),
    surface,
  ).optionsGroup('What is done:');
}

/** `--mdns`. */
export function mdnsOption(): Option {
  return new Option('--mdns <address>', 'the interface on which multicast DNS is spoken')
    .argParser(dnsSdPlace)
    .default(everywhere, 'all');
}

/** What is secret is in a file, in the environment, or asked for: never on the command line. */
function secretOption(flags: string, what: string, variable: string): Option {
  const others = ['pskc', 'passphrase', 'passcode'].filter((name) => !flags.startsWith(`--${name} `));
  return new Option(flags, `${what}: a file's first line, ${variable}, or asked for`).conflicts(others);
}
