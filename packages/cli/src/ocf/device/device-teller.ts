import { SelvageError } from '@selvage/core';
import { type DeviceEvent, nilUuid } from '@selvage/ocf';
import type { Report } from '../../ca/report.js';
import { type Style, styleFor } from '../../terminal/style.js';
import type { Surface } from '../../terminal/surface.js';
import { hang } from '../../terminal/text.js';
import { shortId } from '../language/device-name.js';
import { valueText } from '../language/json-value.js';
import type { VirtualDevice } from './virtual-device.js';

const [usualWidth, nameWidth] = [80, 12];

/** Tells of virtual devices what a person who stands before them would want to know. */
export class DeviceTeller {
  readonly #surface: Surface;
  readonly #report: Report;
  readonly #style: Style;

  constructor(surface: Surface, report: Report) {
    this.#surface = surface;
    this.#report = report;
    this.#style = styleFor(surface.stdout, surface.env);
  }

  /** Shows a PIN, which whoever owns the device has to give. */
  pin(name: string, pin: string | undefined): void {
    if (pin === undefined) return;
    this.#tell('pin', name, { pin }, `PIN ${pin}`, this.#style.bold);
  }

  /** The device was reset by its button. */
  button({ name }: VirtualDevice): void {
    this.#tell('button', name, {}, 'reset by its button', this.#style.warning);
  }

  event({ name, device }: VirtualDevice, event: DeviceEvent): void {
    const { good, bad, dim, accent } = this.#style;
    switch (event.kind) {
      case 'state': {
        const { state, before, owner } = event;
        const data = { state, before, device: device.deviceId, ...(owner !== nilUuid && { owner }) };
        return this.#tell('state', name, data, `${stateText(event)} (${shortId(device.deviceId)})`, good);
      }
      case 'changed': {
        const { path, values, by } = event.change;
        const words = Object.entries(values).map(([property, value]) => `${property}=${valueText(value as never)}`);
        return this.#tell('changed', name, { path, values, by }, `${path} ${words.join(' ')}`, accent);
      }
      case 'denied': {
        const { method, path, peer } = event;
        const who = peer === undefined ? 'somebody unknown' : shortId(peer);
        return this.#tell('denied', name, { method, path, peer }, `refused ${method} ${path} to ${who}`, bad);
      }
      case 'handshake-failed': {
        const { from, error } = event;
        return this.#tell('handshake-failed', name, { from, error }, `no session with ${from}: ${error.message}`, dim);
      }
      case 'failed': {
        const { error } = event;
        if (!(error instanceof SelvageError)) throw error;
        return this.#tell('failed', name, { error }, `${error.message} [${error.code}]`, dim);
      }
    }
  }

  #tell(event: string, name: string, data: object, text: string, style: (text: string) => string): void {
    const { clock, stdout } = this.#surface;
    const time = new Date(clock.wallTime());
    const width = (stdout.columns ?? usualWidth) - 1;
    const head = `${time.toTimeString().slice(0, 8)}  ${name.padEnd(nameWidth)}  `;
    const lines = hang(head, text, width).map(style);
    this.#report.show({ event, data: { at: time.toISOString(), name, ...data }, lines });
  }
}

/** Within RFOTM it is somebody who wants to be the owner, and is not yet. */
function stateText({ state, before, owner }: Extract<DeviceEvent, { kind: 'state' }>): string {
  if (owner === nilUuid) return `${before} → ${state}, without an owner`;
  if (state === before) return `${state}, to be owned by ${shortId(owner)}`;
  return `${before} → ${state}, owned by ${shortId(owner)}`;
}
