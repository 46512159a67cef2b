import { Secret, SelvageError, toHex } from '@selvage/core';
import { nativeCore } from '@selvage/crypto';
import {
  compareTimestamps,
  Dataset,
  type DatasetField,
  datasetTlvs,
  derivePskc,
  generateDataset,
  validateDataset,
} from '@selvage/thread';
import { readPassphrase } from '../../ca/passphrase.js';
import { Report } from '../../ca/report.js';
import type { Surface } from '../../terminal/surface.js';
import { changesFrom, hexOption } from './fields.js';
import { readDataset } from './input.js';
import type { FieldOptions, PskcOptions, SetOptions, ShowOptions } from './options.js';
import { handOut, kindOf, showDataset, type Warning } from './tell.js';

const passphraseVariable = 'SELVAGE_THREAD_PASSPHRASE';
const networkKeyLength = 16;

/** `thread dataset new` */
export async function newDataset(surface: Surface, options: FieldOptions): Promise<void> {
  const passphrase = optionalPassphrase(surface, options.passphraseFile);
  const values = changesFrom(options, undefined);
  const dataset = generateDataset({ core: nativeCore, entropy: surface.entropy, values, passphrase });
  requireGood(dataset);
  handOut(surface, dataset, [], options.json);
}

/** `thread dataset show` */
export async function show(surface: Surface, argument: string, options: ShowOptions): Promise<void> {
  showDataset(surface, await readDataset(surface, argument), options.secrets === true, options.json);
}

/** `thread dataset set` */
export async function set(surface: Surface, argument: string, options: SetOptions): Promise<void> {
  const before = await readDataset(surface, argument);
  const removed = (options.without ?? []).map(fieldNamed);
  const cleared = before.with(Object.fromEntries(removed.map((field) => [field, undefined])));
  const networkKey = options.newNetworkKey === true ? drawKey(surface) : undefined;
  const changed = cleared.with({ ...changesFrom(options, before), ...(networkKey && { networkKey }) });
  const passphrase = optionalPassphrase(surface, options.passphraseFile);
  const after = passphrase === undefined ? changed : changed.with({ pskc: pskcOf(changed, passphrase) });
  handOut(surface, after, warningsOf(before, after), options.json);
}

/** `thread dataset pskc` */
export async function pskc(surface: Surface, argument: string | undefined, options: PskcOptions): Promise<void> {
  const given = argument === undefined ? Dataset.make({}) : await readDataset(surface, argument);
  const { name, extPan, passphraseFile, json } = options;
  const named = given.with({
    ...(name !== undefined && { networkName: new TextEncoder().encode(name) }),
    ...(extPan !== undefined && { extendedPanId: hexOption('--ext-pan', extPan, 8) }),
  });
  const passphrase = readPassphrase(
    { option: '--passphrase-file', file: passphraseFile, variable: passphraseVariable },
    surface.env,
  );
  const key = toHex(pskcOf(named, passphrase).reveal());
  new Report(surface, json).show({ event: 'pskc', data: { pskc: key }, lines: [key] });
}

function pskcOf(dataset: Dataset, passphrase: Secret): Secret {
  const networkName = dataset.get('networkName');
  const extendedPanId = dataset.get('extendedPanId');
  if (networkName !== undefined && extendedPanId !== undefined) {
    return derivePskc(nativeCore, passphrase, { networkName, extendedPanId });
  }
  throw new SelvageError('invalid-argument', 'a PSKc needs a network name and an extended PAN id', {
    remedy: 'give a dataset that has both, or --name and --ext-pan',
  });
}

/** What a person should know of a change before nodes get it. */
function warningsOf(before: Dataset, after: Dataset): Warning[] {
  const warnings: Warning[] = [];
  if (after.hasStalePskc(before)) {
    warnings.push({
      warning: 'the PSKc is stale: it was derived from the former name or extended PAN id',
      remedy: 'give --passphrase-file, or commissioners that know the passphrase will not get in',
    });
  }
  const [old, now] = [before.get('activeTimestamp'), after.get('activeTimestamp')];
  const isChanged = toHex(before.encode()) !== toHex(after.encode());
  if (isChanged && old !== undefined && now !== undefined && compareTimestamps(now, old) <= 0) {
    warnings.push({
      warning: `the active timestamp is no newer than ${old.seconds}`,
      remedy: `give --timestamp ${old.seconds + 1}, or nodes that have the former dataset keep it`,
    });
  }
  return warnings;
}

/** @throws SelvageError `invalid-argument` that names the first problem */
function requireGood(dataset: Dataset): void {
  const [first] = validateDataset(dataset, kindOf(dataset));
  if (first !== undefined) throw new SelvageError('invalid-argument', `${first.field}: ${first.problem}`);
}

function optionalPassphrase({ env }: Surface, file: string | undefined): Secret | undefined {
  if (file === undefined && (env[passphraseVariable] ?? '') === '') return undefined;
  return readPassphrase({ option: '--passphrase-file', file, variable: passphraseVariable }, env);
}

function fieldNamed(name: string): DatasetField {
  if (Object.hasOwn(datasetTlvs.declarations, name)) return name as DatasetField;
  throw new SelvageError('invalid-argument', `there is no field ${name}`, {
    remedy: `the fields are ${Object.keys(datasetTlvs.declarations).join(', ')}`,
  });
}

function drawKey({ entropy }: Surface): Secret {
  const bytes = new Uint8Array(networkKeyLength);
  entropy.fill(bytes);
  const key = Secret.of(bytes);
  bytes.fill(0);
  return key;
}
