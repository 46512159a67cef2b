import type { SelvageError } from '@selvage/core';
import type { OwnedDevice, Progress, Uuid } from '@selvage/ocf';
import type { Report } from '../../ca/report.js';
import { isoTime } from '../../ca/describe.js';
import { errorLines } from '../../terminal/error-text.js';
import { LiveLines } from '../../terminal/live-lines.js';
import { type Style, styleFor } from '../../terminal/style.js';
import type { Surface } from '../../terminal/surface.js';
import { hang } from '../../terminal/text.js';
import { attestedText } from '../attestation.js';
import { calledText, type NamedDevice, shellWord, shortId } from '../language/device-name.js';
import { methodWords } from '../method-words.js';

const usualWidth = 80;

/** How far a device is. */
interface Path {
  readonly named: NamedDevice;
  readonly since: number;
  steps: number;
}

/** Shows devices being owned: a line that changes for each, and what became of it. */
export class OwnProgress {
  readonly #surface: Surface;
  readonly #report: Report;
  readonly #isJson: boolean;
  readonly #style: Style;
  readonly #live: LiveLines;
  readonly #paths = new Map<Uuid, Path>();
  /** Of the longest name, so that what is said stands below each other. */
  #nameWidth = 0;

  constructor(surface: Surface, report: Report, isJson: boolean) {
    this.#surface = surface;
    this.#report = report;
    this.#isJson = isJson;
    const sink = isJson ? surface.stderr : surface.stdout;
    this.#style = styleFor(sink, surface.env);
    this.#live = new LiveLines(sink);
  }

  /** Devices are being looked for. */
  looking(seconds: number): void {
    this.#live.set('looking', `listening for ${seconds} s`);
  }

  looked(): void {
    this.#live.clear();
  }

  /** A device's path begins. */
  begin(named: NamedDevice): void {
    this.#nameWidth = Math.max(this.#nameWidth, calledText(named).length);
    this.#paths.set(named.device, { named, since: this.#surface.clock.now(), steps: 0 });
  }

  /** The next step of a device, which it is known by as when its path began. */
  step({ device, step }: Progress): void {
    const path = this.#paths.get(device);
    if (path === undefined) return;
    path.steps++;
    if (this.#isJson)
      return this.#report.show({ event: 'step', data: { device, name: path.named.name, step }, lines: [] });
    this.#live.set(device, `${this.#head(path.named)}${path.steps}. ${step}`);
  }

  /** The device is owned. @param name what the site calls it */
  owned(former: Uuid, name: string | undefined, record: OwnedDevice): void {
    const { device, method, identity, manufacturer, attested } = record;
    const milliseconds = this.#timeOf(former);
    const until = identity && isoTime(identity.notAfter).slice(0, 10);
    const certified = until === undefined ? 'no identity certificate' : `identity until ${until}`;
    const maker = manufacturer === undefined ? '' : `, made by ${manufacturer.subject}`;
    const runs = attested === undefined ? '' : `, attested ${attestedText(attested)}`;
    const text = `owned by ${methodWords[method]} in ${milliseconds.toFixed(0)} ms, ${certified}${maker}${runs}`;
    const data = { device, former, name, method, milliseconds, certificateUntil: until, manufacturer, attested };
    this.#settle(former, 'owned', data, hang(this.#head({ device, name }), text, this.#width).map(this.#style.good));
  }

  failed(former: Uuid, error: SelvageError): void {
    const named: NamedDevice = this.#paths.get(former)?.named ?? { device: former };
    const lines = [`${this.#head(named)}not owned`, ...errorLines(error, this.#style, this.#width + 1)];
    this.#settle(former, 'failed', { device: former, name: named.name, error }, lines);
  }

  /** A device shows a PIN, and nobody is here to read it. */
  pinShown(named: NamedDevice): void {
    const { device, name } = named;
    const command = `selvage own ${shellWord(name ?? shortId(device))} --pin <PIN>`;
    const lines = [`${this.#head(named)}shows its PIN now; go on with`, `  $ ${command}`];
    this.#settle(device, 'pin-shown', { device, name }, lines);
  }

  /** What became of all. */
  end(owned: number, all: number, since: number): void {
    const seconds = (this.#surface.clock.now() - since) / 1000;
    if (this.#isJson) return this.#report.show({ event: 'end', data: { owned, devices: all, seconds }, lines: [] });
    if (all > 1) this.#live.settle(undefined, [`${owned} of ${all} devices owned in ${seconds.toFixed(1)} s`]);
  }

  /** Lines that are neither a device's path nor its end. */
  say(text: string): void {
    if (!this.#isJson) this.#live.settle(undefined, hang('', text, this.#width));
  }

  #head(named: NamedDevice): string {
    return `${calledText(named).padEnd(this.#nameWidth)}  `;
  }

  get #width(): number {
    return (this.#surface.stdout.columns ?? usualWidth) - 1;
  }

  #timeOf(device: Uuid): number {
    const now = this.#surface.clock.now();
    return now - (this.#paths.get(device)?.since ?? now);
  }

  #settle(device: Uuid, event: string, data: object, lines: readonly string[]): void {
    if (this.#isJson) this.#report.show({ event, data, lines: [] });
    else this.#live.settle(device, lines);
  }
}
