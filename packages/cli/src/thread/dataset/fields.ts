import { fromHex, Secret, SelvageError } from '@selvage/core';
import {
  type Dataset,
  type DatasetChanges,
  maskOf,
  parsePrefix,
  type SecurityPolicy,
  timestampOf,
  usualPolicy,
  withLetters,
} from '@selvage/thread';
import { readOptionText } from '../../dtls/files.js';
import type { FieldOptions, SetOptions } from './options.js';

const networkKeyLength = 16;
const extendedPanLength = 8;
const prefixBits = 64;

/**
 * The changes that the options ask for.
 * @param before what the policy's other bits are taken from
 * @throws SelvageError `invalid-argument`, `invalid-hex`, `file-not-found`, `address-invalid`
 */
export function changesFrom(options: FieldOptions & Partial<SetOptions>, before: Dataset | undefined): DatasetChanges {
  const { name, channel, channels, pan, extPan, prefix, timestamp, networkKeyFile, pendingTimestamp, delay } = options;
  const policy = policyFrom(options, before?.get('securityPolicy'));
  return {
    ...(timestamp !== undefined && { activeTimestamp: timestampOf(timestamp) }),
    ...(pendingTimestamp !== undefined && { pendingTimestamp: timestampOf(pendingTimestamp) }),
    ...(delay !== undefined && { delay: delay * 1000 }),
    ...(channel !== undefined && { channel: { page: 0, channel } }),
    ...(channels !== undefined && { channelMask: maskOf(channels) }),
    ...(extPan !== undefined && { extendedPanId: hexOption('--ext-pan', extPan, extendedPanLength) }),
    ...(prefix !== undefined && { meshLocalPrefix: prefixOption(prefix) }),
    ...(networkKeyFile !== undefined && { networkKey: networkKeyIn(networkKeyFile) }),
    ...(name !== undefined && { networkName: new TextEncoder().encode(name) }),
    ...(pan !== undefined && { panId: pan }),
    ...(policy !== undefined && { securityPolicy: policy }),
  };
}

/** @throws SelvageError `invalid-argument` for another number of bytes, `invalid-hex` */
export function hexOption(option: string, text: string, length: number): Uint8Array {
  const bytes = fromHex(text);
  if (bytes.length === length) return bytes;
  throw new SelvageError('invalid-argument', `${option} has ${bytes.length} bytes and needs ${length}`);
}

function policyFrom(
  { rotation, policy }: FieldOptions,
  before: SecurityPolicy = usualPolicy,
): SecurityPolicy | undefined {
  if (rotation === undefined && policy === undefined) return undefined;
  const timed = { ...before, rotationHours: rotation ?? before.rotationHours };
  const lettered = policy === undefined ? timed : withLetters(timed, policy);
  if (lettered !== undefined) return lettered;
  throw new SelvageError('invalid-argument', `--policy ${policy} has a letter that there is not`, {
    remedy: 'the letters are o n r c C e p R',
  });
}

function prefixOption(text: string): Uint8Array {
  const { address, length } = parsePrefix(text);
  if (length === prefixBits) return address.slice(0, prefixBits / 8);
  throw new SelvageError('invalid-argument', `a mesh-local prefix has 64 bits, not ${length}`);
}

function networkKeyIn(file: string): Secret {
  const option = '--network-key-file';
  const [line = ''] = readOptionText(option, file).split(/\r?\n/, 1);
  const bytes = hexOption(option, line, networkKeyLength);
  const key = Secret.of(bytes);
  bytes.fill(0);
  return key;
}
