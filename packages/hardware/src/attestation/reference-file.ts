/**
 * Reference values as a file, for people and for the tools of manufacturers:
 *
 *     {
 *       "implementations": ["11…"],
 *       "lifeCycles": ["secured"],
 *       "isolations": ["namespaces"],
 *       "components": [
 *         { "type": "firmware", "signers": ["51…"], "minimumVersion": "1.2.0", "measurements": ["0f…"], "optional": false }
 *       ],
 *       "instances": [{ "instance": "01…", "key": "3059…" }]
 *     }
 *
 * Bytes are in hexadecimal; a key is its SubjectPublicKeyInfo. `isolations`, `minimumVersion`, `measurements`, `optional`
 * and `instances` may be left out.
 */
import { SelvageError, toHex } from '@selvage/core';
import { decodeSpki, encodeSpki, type PublicKey } from '@selvage/crypto';
import type { EnrolledInstance } from './instance-keys.js';
import { badValue, flag, hexOf, type JsonReader, listOf, objectWith, oneOf, optionally, text } from './json-values.js';
import { attestedLifeCycles } from './life-cycle.js';
import type { ComponentReference, ReferenceValues } from './reference-values.js';
import { versionNumbers } from './version.js';

/** A device whose public key is enrolled. */
export interface EnrolledDevice extends EnrolledInstance {
  readonly key: PublicKey;
}

/** What a file of reference values has. */
export interface ReferenceFile extends ReferenceValues {
  /** Devices whose keys are taken without a manufacturer's word. */
  readonly instances?: readonly EnrolledDevice[] | undefined;
}

/** Characters of the longest file. */
const longestFile = 1_048_576;

const version: JsonReader<string> = (value, path) => {
  const read = text(value, path);
  if (versionNumbers(read) !== undefined) return read;
  throw badValue(path, 'is no version: major.minor.revision+build');
};

const hashes = listOf(hexOf(32, 48, 64));

const component: JsonReader<ComponentReference> = (value, path) => {
  const read = objectWith(['type', 'signers', 'minimumVersion', 'measurements', 'optional'])(value, path);
  return {
    type: text(read['type'], `${path}.type`),
    signers: hashes(read['signers'], `${path}.signers`),
    minimumVersion: optionally(version)(read['minimumVersion'], `${path}.minimumVersion`),
    measurements: optionally(hashes)(read['measurements'], `${path}.measurements`),
    optional: optionally(flag)(read['optional'], `${path}.optional`),
  };
};

const instance: JsonReader<EnrolledDevice> = (value, path) => {
  const read = objectWith(['instance', 'key'])(value, path);
  const id = hexOf(33)(read['instance'], `${path}.instance`);
  return { instance: id, key: publicKey(read['key'], `${path}.key`) };
};

const publicKey: JsonReader<PublicKey> = (value, path) => {
  try {
    return decodeSpki(hexOf(44, 91)(value, path));
  } catch (cause) {
    if (cause instanceof SelvageError && cause.code === 'invalid-key') throw badValue(path, `is ${cause.message}`);
    throw cause;
  }
};

/** Reads a file of reference values. @throws SelvageError `invalid-value` (fault `caller`), naming the part */
export function readReferenceFile(json: string): ReferenceFile {
  const keys = ['implementations', 'lifeCycles', 'isolations', 'components', 'instances'];
  const read = objectWith(keys)(parsed(json), 'the file');
  return {
    implementations: listOf(hexOf(32))(read['implementations'], 'implementations'),
    lifeCycles: listOf(oneOf(attestedLifeCycles))(read['lifeCycles'], 'lifeCycles'),
    isolations: optionally(listOf(text))(read['isolations'], 'isolations'),
    components: listOf(component)(read['components'], 'components'),
    instances: optionally(listOf(instance))(read['instances'], 'instances'),
  };
}

/** The file of reference values. */
export function writeReferenceFile({ implementations, lifeCycles, isolations, ...rest }: ReferenceFile): string {
  const file = {
    implementations: implementations.map(toHex),
    lifeCycles,
    isolations,
    components: rest.components.map(({ signers, measurements, ...one }) => ({
      ...one,
      signers: signers.map(toHex),
      measurements: measurements?.map(toHex),
    })),
    instances: rest.instances?.map((one) => ({ instance: toHex(one.instance), key: toHex(encodeSpki(one.key)) })),
  };
  return `${JSON.stringify(file, undefined, 2)}\n`;
}

function parsed(json: string): unknown {
  if (json.length > longestFile) throw badValue('the file', `has more than ${longestFile} characters`);
  try {
    return JSON.parse(json);
  } catch (cause) {
    throw badValue('the file', `is no JSON: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
}
