import { type Command, InvalidArgumentError } from 'commander';
import { wholeNumber } from '../../dtls/options.js';

/** Values of a dataset's fields, as commander gives them. */
export interface FieldOptions {
  readonly name?: string;
  readonly channel?: number;
  readonly channels?: readonly number[];
  readonly pan?: number;
  readonly extPan?: string;
  readonly prefix?: string;
  readonly rotation?: number;
  readonly policy?: string;
  readonly timestamp?: number;
  readonly networkKeyFile?: string;
  readonly passphraseFile?: string;
  readonly json: boolean;
}

/** `thread dataset set`. */
export interface SetOptions extends FieldOptions {
  readonly newNetworkKey?: boolean;
  readonly pendingTimestamp?: number;
  readonly delay?: number;
  readonly without?: readonly string[];
}

/** `thread dataset show`. */
export interface ShowOptions {
  readonly secrets?: boolean;
  readonly json: boolean;
}

/** `thread dataset pskc`. */
export interface PskcOptions {
  readonly name?: string;
  readonly extPan?: string;
  readonly passphraseFile?: string;
  readonly json: boolean;
}

const mostSeconds = 2 ** 48 - 1;
const [leastChannel, mostChannel] = [11, 26] as const;
const mostDelaySeconds = 259_200;

export function addFieldOptions(command: Command): Command {
  return addPassphrase(command)
    .option('--name <text>', "the network's name, 1 to 16 bytes")
    .option('--channel <number>', 'where it is, 11 to 26', wholeNumber(leastChannel, mostChannel))
    .option('--channels <list>', 'where it may be, such as 11-26 or 15,20,25', channelList)
    .option('--pan <hex>', 'its PAN id, 4 hexadecimal digits', panNumber)
    .option('--ext-pan <hex>', 'its extended PAN id, 16 hexadecimal digits')
    .option('--prefix <prefix>', 'its mesh-local prefix, such as fd4b:167e:c82f:facc::/64')
    .option('--rotation <hours>', 'how long its nodes use one key sequence', wholeNumber(2, 0xffff))
    .option('--policy <letters>', "what its security policy allows, in the letters of OpenThread's tools: onrc")
    .option('--timestamp <seconds>', 'the active timestamp: a greater one is newer', wholeNumber(0, mostSeconds))
    .option('--network-key-file <file>', 'its network key: a file whose first line is 32 hexadecimal digits')
    .option('--json', 'one JSON object a line on standard output', false);
}

export function addSetOptions(command: Command): Command {
  return addFieldOptions(command)
    .option('--new-network-key', 'draw a new network key')
    .option('--pending-timestamp <seconds>', 'makes it a pending dataset', wholeNumber(0, mostSeconds))
    .option('--delay <seconds>', 'when a pending dataset takes effect', wholeNumber(0, mostDelaySeconds))
    .option('--without <field>', 'take a field out, by its name in --json (may be repeated)', gather);
}

export function addPassphrase(command: Command): Command {
  return command.option(
    '--passphrase-file <file>',
    'derive the PSKc from the first line of a file (or SELVAGE_THREAD_PASSPHRASE)',
  );
}

/** Reads `11-26` or `15,20,25`. */
export function channelList(text: string): readonly number[] {
  const channels = text.split(',').flatMap((part) => {
    const [, first, last] = /^(\d+)(?:-(\d+))?$/.exec(part.trim()) ?? [];
    const [from, to] = [Number(first), Number(last ?? first)];
    return to >= from ? Array.from({ length: Math.min(to - from, 256) + 1 }, (_, i) => from + i) : [Number.NaN];
  });
  if (channels.every((channel) => channel >= leastChannel && channel <= mostChannel)) return channels;
  throw new InvalidArgumentError('Give channels from 11 to 26, such as 11-26 or 15,20,25.');
}

export function panNumber(text: string): number {
  if (/^(0x)?[0-9a-f]{4}$/i.test(text)) return Number.parseInt(text.replace(/^0x/i, ''), 16);
  throw new InvalidArgumentError('Give 4 hexadecimal digits, such as face.');
}

function gather(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}
