import { existsSync } from 'node:fs';
import { fromHex, Secret, SelvageError } from '@selvage/core';
import { Dataset, type Ip6Prefix, ip6Prefix, type ListenerKeys } from '@selvage/thread';
import { readOptionText } from '../../dtls/files.js';

/** What a listener was given. */
export interface GivenKeys extends ListenerKeys {
  readonly networkKeys: readonly Secret[];
  readonly joinerKeys: readonly Secret[];
  readonly meshLocalPrefix: Ip6Prefix | undefined;
}

/** What opens the network of a dataset. */
export function keysOf(dataset: Dataset): GivenKeys {
  const [networkKey, prefix] = [dataset.get('networkKey'), dataset.get('meshLocalPrefix')];
  return {
    networkKeys: networkKey === undefined ? [] : [networkKey],
    joinerKeys: [],
    meshLocalPrefix: prefix && ip6Prefix(prefix, prefixBits),
  };
}

const option = '--keys';
const keyDigits = 32;
const prefixBits = 64;

/**
 * Keys from datasets: hexadecimal as the argument itself, or files with a line each. A line may also be a bare network
 * key, or `kek` and the key encryption key of a joiner's session.
 * @throws SelvageError `invalid-argument`, `file-not-found`, or of the dataset's codec
 */
export function readKeys(given: readonly string[]): GivenKeys {
  const networkKeys: Secret[] = [];
  const joinerKeys: Secret[] = [];
  let meshLocalPrefix: Ip6Prefix | undefined;
  for (const line of given.flatMap(linesOf)) {
    const [, kek, hex = ''] = /^(?:> )?(kek\s+)?((?:[0-9a-f]{2})+)$/i.exec(line) ?? [];
    if (hex === '') continue;
    if (hex.length === keyDigits) (kek === undefined ? networkKeys : joinerKeys).push(Secret.of(fromHex(hex)));
    else if (kek === undefined) {
      const dataset = Dataset.parse(hex);
      const key = dataset.get('networkKey');
      if (key === undefined) throw new SelvageError('invalid-argument', `a dataset of ${option} has no network key`);
      networkKeys.push(key);
      const prefix = dataset.get('meshLocalPrefix');
      if (prefix !== undefined) meshLocalPrefix ??= ip6Prefix(prefix, prefixBits);
    }
  }
  if (given.length > 0 && networkKeys.length + joinerKeys.length === 0) {
    throw new SelvageError('invalid-argument', `there is no key in what ${option} names`, {
      remedy: 'give a dataset as dataset active -x prints it, or a network key of 32 hexadecimal digits, or a file',
    });
  }
  return { networkKeys, joinerKeys, meshLocalPrefix };
}

function linesOf(argument: string): readonly string[] {
  const isHex = /^[0-9a-f]+$/i.test(argument) && !existsSync(argument);
  return (isHex ? argument : readOptionText(option, argument)).split(/\r?\n/).map((line) => line.trim());
}
