import { exitCode, Secret, SelvageError } from '@selvage/core';
import type { UdpAddress } from '@selvage/core/node';
import type {
  AttestationPolicy,
  FoundDevice,
  OwnedDevice,
  OwnedOrNot,
  PinSource,
  TransferMethod,
  TransferOptions,
} from '@selvage/ocf';
import type { Report } from '../../ca/report.js';
import { step } from '../../ca/step.js';
import { Questions } from '../../terminal/question.js';
import type { Surface } from '../../terminal/surface.js';
import { withOtherMethods } from '../advice.js';
import { attestationPolicy, type AttestOptions } from '../attestation.js';
import { calledText, deviceCalled, type NamedDevice, resetHint } from '../language/device-name.js';
import type { Operator } from '../operator.js';
import type { SiteOptions } from '../options.js';
import { survey, type SurveyedDevice } from '../survey.js';
import { trustManufacturers } from '../trust.js';
import { withNewOperator } from '../with-operator.js';
import { firstTasks, nameDevice } from './first-tasks.js';
import { OwnProgress } from './own-progress.js';

export interface OwnOptions extends SiteOptions, AttestOptions {
  readonly all?: boolean;
  readonly method: TransferMethod | 'auto';
  readonly pin?: string;
  readonly trust?: readonly string[];
  readonly name?: string;
  readonly certificate: boolean;
  /** Seconds. */
  readonly wait: number;
}

type Found = FoundDevice<UdpAddress>;

/** Devices at a time; a person gives one PIN at a time. */
const concurrency = { machine: 16, person: 1 };
/** The device waits for its PIN: the command is to be run again. */
const pinToCome = 75;

/**
 * `own`: takes devices over. One that fails does not keep the others; the exit code is then that of the first that did.
 * @throws SelvageError that names the step.
 */
export async function own(
  surface: Surface,
  report: Report,
  called: readonly string[],
  options: OwnOptions,
): Promise<number> {
  await step('understand what to own', () => checkOptions(called, options));
  const work = (operator: Operator): Promise<number> => new Owning(surface, report, operator, options).run(called);
  return withNewOperator(surface, report, options, work, (site) =>
    trustManufacturers(report, site, options.trust ?? []),
  );
}

class Owning {
  readonly #surface: Surface;
  readonly #operator: Operator;
  readonly #options: OwnOptions;
  readonly #progress: OwnProgress;
  #attestation: AttestationPolicy | undefined;

  constructor(surface: Surface, report: Report, operator: Operator, options: OwnOptions) {
    this.#surface = surface;
    this.#operator = operator;
    this.#options = options;
    this.#progress = new OwnProgress(surface, report, options.json);
  }

  async run(called: readonly string[]): Promise<number> {
    const { wait } = this.#options;
    this.#attestation = await step('understand what devices should be', () => this.#attestationPolicy());
    this.#progress.looking(wait);
    const found = await this.#operator.tool.discover({ listenFor: wait * 1000 });
    this.#progress.looked();
    const wanted = await step('find the devices', () => this.#chosen(called, found));
    if (wanted.length === 0) this.#progress.say('No device without an owner answered: nothing to own.');
    for (const one of wanted) this.#progress.begin(one);
    const surveyed = await Promise.all(
      wanted.map((one) => survey(this.#operator.tool.client, one, this.#operator.network.patience)),
    );
    const owned = await this.#ownAll(surveyed.filter((one) => !this.#needsPin(one)));
    const shown = await this.#requestPins(surveyed.filter((one) => this.#needsPin(one)));
    return owned === 0 ? shown : owned;
  }

  #attestationPolicy(): AttestationPolicy | undefined {
    const { manufacturers } = this.#operator.site.settings;
    return attestationPolicy(this.#options, { clock: this.#surface.clock, manufacturers });
  }

  /** Whether nothing but a PIN is left to own a device by, and nobody can give it yet. */
  #needsPin({ methods }: SurveyedDevice): boolean {
    const { method, pin } = this.#options;
    if (pin !== undefined || this.#surface.canAsk) return false;
    if (method !== 'auto') return method === 'random-pin';
    const trusts = this.#operator.site.settings.manufacturers.length > 0;
    const possible = methods.filter((one) => one !== 'manufacturer-certificate' || trusts);
    return possible.length > 0 && possible.every((one) => one === 'random-pin');
  }

  #chosen(called: readonly string[], found: readonly Found[]): readonly Found[] {
    const unowned = found.filter(({ owned }) => owned === false);
    if (this.#options.all === true) return unowned;
    const chosen = called.map((text) => {
      this.#requireUnowned(text, found);
      return deviceCalled(text, unowned, 'among those without an owner that answered');
    });
    return [...new Set(chosen)];
  }

  /** A device that has an owner is not among those without one, and that is why. */
  #requireUnowned(text: string, found: readonly Found[]): void {
    const isCalled = ({ device, name }: NamedDevice): boolean => device === text || name === text;
    if (found.some((one) => one.owned === false && isCalled(one))) return;
    const ours = this.#operator.devices().find(isCalled);
    const owned = ours ?? found.find(isCalled);
    if (owned === undefined) return;
    const whose = ours === undefined ? 'has an owner' : 'is owned by this site already';
    throw new SelvageError('already-owned', `${calledText(owned)} ${whose}`, {
      remedy: ours === undefined ? 'its owner, or its button, resets it' : 'selvage devices lists what is owned here',
    });
  }

  /** Nobody is here to read a PIN that is shown only now: the devices show it, and the next command brings it. */
  async #requestPins(wanted: readonly SurveyedDevice[]): Promise<number> {
    for (const { found } of wanted) {
      await step(`have ${calledText(found)} show its PIN`, () => this.#operator.tool.requestPin(found));
      this.#progress.pinShown(found);
    }
    return wanted.length === 0 ? 0 : pinToCome;
  }

  async #ownAll(wanted: readonly SurveyedDevice[]): Promise<number> {
    const since = this.#surface.clock.now();
    const settled: Promise<void>[] = [];
    const kinds = new Map(wanted.map(({ found, kind }) => [found, kind]));
    const results = await this.#operator.tool.ownAll([...kinds.keys()], {
      ...this.#transferOptions(),
      onDevice: (result) => void settled.push(this.#settle(result, kinds.get(result.found))),
    });
    await Promise.all(settled);
    const failures = results.flatMap((result) => ('error' in result ? [result.error] : []));
    this.#progress.end(wanted.length - failures.length, wanted.length, since);
    return failures[0] === undefined ? 0 : exitCode(failures[0]);
  }

  #transferOptions(): TransferOptions<UdpAddress> & { readonly concurrency: number } {
    const { method, pin, certificate } = this.#options;
    const questions = new Questions(this.#surface);
    const asked = pin === undefined && questions.canAsk;
    return {
      ...(method !== 'auto' && { method }),
      ...(pin !== undefined && { pin: Secret.text(pin) }),
      ...(asked && { pin: this.#askFor(questions) }),
      attestation: this.#attestation,
      tasks: firstTasks(this.#operator.site.settings.owner, certificate),
      onProgress: (progress) => this.#progress.step(progress),
      concurrency: asked ? concurrency.person : concurrency.machine,
    };
  }

  #askFor(questions: Questions): PinSource<UdpAddress> {
    return async (found) => {
      this.#progress.looked();
      const pin = await questions.ask(`PIN that ${calledText(found)} shows (Enter gives up):`);
      return pin === undefined || pin === '' ? undefined : Secret.text(pin);
    };
  }

  /** Anybody can say that it is another device: what that was is not forgotten for it. */
  #hintAtFormer({ device, platform }: OwnedDevice): void {
    const all = this.#operator.devices();
    const now = all.find((one) => one.device === device);
    const former = all.filter(
      (one) => one.device !== device && platform !== undefined && one.record.platform === platform,
    );
    for (const one of former) this.#progress.say(resetHint(one, now ?? { device }));
  }

  async #settle(result: OwnedOrNot<UdpAddress>, kind: string | undefined): Promise<void> {
    const { found } = result;
    if ('error' in result) return this.#progress.failed(found.device, withOtherMethods(result.error));
    const { owned } = result;
    const { name } = this.#options;
    await this.#operator.site.notes.add(owned.device, { kind, name });
    if (name !== undefined) await nameDevice(this.#operator, owned.device, name);
    this.#progress.owned(found.device, name ?? owned.name, owned);
    this.#hintAtFormer(owned);
  }
}

function checkOptions(called: readonly string[], { all = false, pin, name, method }: OwnOptions): void {
  if (called.length === 0 && !all) throw wrong('nothing says which devices', 'name some, or give --all');
  if (called.length > 0 && all) throw wrong('--all leaves no device to be named', 'name some, or give --all');
  if (pin !== undefined && called.length !== 1)
    throw wrong('a PIN is that of one device', 'name the device that shows it');
  if (pin !== undefined && method !== 'auto' && method !== 'random-pin') {
    throw wrong(`${method} has no PIN`, 'leave --pin out, or give --method random-pin');
  }
  if (name !== undefined && called.length !== 1) throw wrong('a name is that of one device', 'name the device');
}

function wrong(problem: string, remedy: string): SelvageError {
  return new SelvageError('invalid-argument', problem, { remedy });
}
