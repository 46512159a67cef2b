import { writeFileSync } from 'node:fs';
import { type Secret, SelvageError, toHex } from '@selvage/core';
import { nativeCore } from '@selvage/crypto';
import {
  type Dataset,
  joinerIdOf,
  joinerLabelText,
  joinFailed,
  joinNetwork,
  type JoinStep,
  parseDiscerner,
  type JoinerIdentity,
} from '@selvage/thread';
import { Report } from '../../ca/report.js';
import { unusable } from '../../dtls/files.js';
import { Site } from '../../ocf/site/site.js';
import { LiveLines } from '../../terminal/live-lines.js';
import type { Surface } from '../../terminal/surface.js';
import { openMeshNode } from '../network/mesh-node.js';
import { type NetworkOptions, radioOf } from '../network/network-of.js';
import { openRadio } from '../radio/open-radio.js';
import { joinerSecret } from './commission.js';
import { eui64Of, labelled } from './joiners/admissions.js';
import { joinStepWords } from './joiners/join-step-words.js';

/** `thread joiner start`, as commander gives it. */
export interface JoinVerbOptions extends NetworkOptions {
  readonly eui64?: string;
  readonly discerner?: string;
  readonly qr?: string;
  readonly pskdFile?: string;
  readonly channels: readonly number[];
  readonly vendor: string;
  readonly model: string;
  readonly softwareVersion: string;
  readonly provisioningUrl?: string;
  readonly out?: string;
  readonly keep?: boolean;
  readonly attach?: boolean;
  readonly timeout: number;
  readonly json: boolean;
}

const eui64Length = 8;
/** Of an EUI-64 that no maker gave. */
const locallyAdministered = 0x02;
/** A file that has a network key. */
const ownerOnly = 0o600;

/**
 * `thread joiner start`: joins the network that expects this joiner, and hands out its dataset.
 * @throws SelvageError `join-failed` with the step and why; of the radio, the site or the file
 */
export async function joinVerb(surface: Surface, typed: string | undefined, options: JoinVerbOptions): Promise<void> {
  const report = new Report(surface, options.json);
  const { eui64, passphrase } = await credentials(surface, typed, options);
  const name = await radioOf(surface, options);
  const { radio, description } = await openRadio(name, surface.clock);
  const steps = new Steps(surface, report, options.json);
  report.tell({
    event: 'joiner',
    data: { radio: description, eui64: toHex(eui64) },
    lines: [`joiner ${toHex(eui64)}, as ${description}`],
  });
  const since = surface.clock.now();
  try {
    const { dataset, keySequence } = await joinNetwork({
      core: nativeCore,
      entropy: surface.entropy,
      clock: surface.clock,
      radio,
      identity: identityOf(eui64, options),
      passphrase,
      facts: {
        vendorName: options.vendor,
        vendorModel: options.model,
        vendorSoftwareVersion: options.softwareVersion,
        provisioningUrl: options.provisioningUrl,
      },
      channels: options.channels,
      signal: surface.interrupted,
      onStep: (step, network) => steps.begin(step, network),
    });
    const milliseconds = Math.round(surface.clock.now() - since);
    const network = dataset.name ?? '';
    steps.done(`joined ${network} after ${milliseconds} ms`, { network, milliseconds, keySequence });
    if (options.attach === true) await attach(surface, dataset, options, steps);
    await keep(surface, report, dataset, options);
  } finally {
    steps.end();
  }
}

/** `thread joiner label`: the text of the QR code for a device's label. */
export async function labelVerb(
  surface: Surface,
  typed: string | undefined,
  options: Pick<JoinVerbOptions, 'json' | 'pskdFile'> & { readonly eui64: string },
): Promise<void> {
  const passphrase = await joinerSecret(surface, typed, options.pskdFile);
  const text = joinerLabelText({ eui64: eui64Of(options.eui64), passphrase });
  new Report(surface, options.json).show({ event: 'label', data: { text }, lines: [text] });
}

/** Each step as it begins: over one another on a terminal, once each elsewhere. */
class Steps {
  readonly #report: Report;
  readonly #live: LiveLines | undefined;

  constructor({ stderr }: Surface, report: Report, isJson: boolean) {
    this.#report = report;
    this.#live = stderr.isTerminal && !isJson ? new LiveLines(stderr) : undefined;
  }

  begin(step: JoinStep, network: string | undefined): void {
    const where = network === undefined ? '' : ` of ${network}`;
    const line = `${step}${where}: ${joinStepWords[step]}`;
    if (this.#live !== undefined) return this.#live.set('step', `${line} …`);
    this.#report.tell({ event: 'step', data: { step, network }, lines: [line] });
  }

  done(line: string, data: object): void {
    this.end();
    this.#report.tell({ event: 'joined', data, lines: [line] });
  }

  end(): void {
    this.#live?.clear();
  }
}

async function credentials(
  surface: Surface,
  typed: string | undefined,
  { qr, eui64, pskdFile }: JoinVerbOptions,
): Promise<{ readonly eui64: Uint8Array; readonly passphrase: Secret }> {
  if (qr === undefined) {
    const passphrase = await joinerSecret(surface, typed, pskdFile);
    return { eui64: eui64 === undefined ? drawEui64(surface) : eui64Of(eui64), passphrase };
  }
  const { selector, passphrase } = labelled(qr);
  if (typed !== undefined || eui64 !== undefined || selector.kind !== 'eui64') {
    throw new SelvageError('invalid-argument', 'a QR code says the EUI-64 and the passphrase: give nothing beside it');
  }
  return { eui64: selector.eui64, passphrase };
}

function drawEui64({ entropy }: Surface): Uint8Array {
  const eui64 = new Uint8Array(eui64Length);
  entropy.fill(eui64);
  // Given here, and of one station, no group.
  eui64[0] = ((eui64[0] as number) & ~1) | locallyAdministered;
  return eui64;
}

function identityOf(eui64: Uint8Array, { discerner }: JoinVerbOptions): JoinerIdentity {
  if (discerner === undefined) return { joinerId: joinerIdOf(nativeCore, eui64) };
  const parsed = parseDiscerner(discerner);
  const joinerId = joinerIdOf(nativeCore, eui64);
  // The joiner ID ends in the discerner's bits (Thread 1.2 §8.4.4.3).
  let id = 0n;
  for (const byte of joinerId) id = (id << 8n) | BigInt(byte);
  id = ((id >> BigInt(parsed.length)) << BigInt(parsed.length)) | parsed.value;
  for (let at = joinerId.length - 1; at >= 0; at--, id >>= 8n) joinerId[at] = Number(id & 0xffn);
  return { joinerId, discerner: parsed };
}

async function attach(surface: Surface, dataset: Dataset, options: JoinVerbOptions, steps: Steps): Promise<void> {
  steps.begin('attachment', dataset.name);
  const network = { dataset, radio: await radioOf(surface, options) };
  try {
    const node = await openMeshNode(surface, { network, timeout: options.timeout });
    const milliseconds = Math.round(node.took);
    await node.close();
    steps.done(`attached after ${milliseconds} ms`, { attachMilliseconds: milliseconds });
  } catch (error) {
    if (!(error instanceof SelvageError) || error.code !== 'timed-out') throw error;
    throw joinFailed('attach-failed');
  }
}

/** Hands the dataset out where it was wanted: it has the network key. */
async function keep(
  surface: Surface,
  report: Report,
  dataset: Dataset,
  { out, keep: isKept, site: folder, json, ...network }: JoinVerbOptions,
): Promise<void> {
  const hex = toHex(dataset.encode());
  if (out !== undefined) {
    try {
      writeFileSync(out, `${hex}\n`, { mode: ownerOnly });
    } catch (cause) {
      throw unusable('--out', out, 'written', cause);
    }
    report.tell({ event: 'written', data: { file: out }, lines: [`${out} has the dataset, with the network key`] });
  }
  if (isKept === true) {
    const site = await Site.openOrMake(surface, folder);
    try {
      const radio = network.radio ?? { kind: 'ether', offset: 0, node: undefined };
      await site.setNetwork({ dataset, radio });
    } finally {
      await site.close();
    }
    report.tell({ event: 'kept', data: { site: folder }, lines: [`the site in ${folder} is on this network now`] });
  }
  if (out === undefined && isKept !== true) report.show({ event: 'dataset', data: { tlvs: hex }, lines: [hex] });
  else if (json) report.tell({ event: 'dataset', data: { name: dataset.name }, lines: [] });
}
