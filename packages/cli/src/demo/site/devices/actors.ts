import { SelvageError } from '@selvage/core';
import type { ChosenInterface } from '@selvage/core/node';
import type { DeviceEvent } from '@selvage/ocf';
import type { Report } from '../../../ca/report.js';
import type { VirtualDevice } from '../../../ocf/device/virtual-device.js';
import type { Surface } from '../../../terminal/surface.js';
import { ActingDevice } from './acting-device.js';
import type { Asked, JsonValues, OrderContents } from './order.js';

type Link = Extract<OrderContents, { do: 'link' }>;

/** What the devices of a process do of their own accord, and when somebody touches them. */
export class Actors {
  readonly #surface: Surface;
  readonly #report: Report;
  readonly #chosen: ChosenInterface;
  readonly #devices = new Map<string, VirtualDevice>();
  readonly #acting = new Map<string, Promise<ActingDevice>>();
  readonly #links: Link[] = [];

  constructor(surface: Surface, report: Report, chosen: ChosenInterface) {
    this.#surface = surface;
    this.#report = report;
    this.#chosen = chosen;
  }

  /** Adds a device. */
  add(device: VirtualDevice): void {
    this.#devices.set(device.name, device);
    device.device.onEvent((event) => this.#happened(device.name, event));
  }

  /** Carries an order out; resolves with what is answered. @throws SelvageError. */
  async carryOut(order: OrderContents): Promise<Asked | object> {
    const { device } = this.#device(order.device);
    switch (order.do) {
      case 'set':
        await device.set(order.path, order.values);
        return {};
      case 'link':
        this.#links.push(order);
        return {};
      case 'ask':
        return (await this.#actor(order.device)).ask(order);
    }
  }

  async close(): Promise<void> {
    const open = [...this.#acting.values()];
    this.#acting.clear();
    for (const acting of await Promise.allSettled(open)) if (acting.status === 'fulfilled') acting.value.close();
  }

  #happened(name: string, event: DeviceEvent): void {
    if (event.kind === 'changed') this.#passOn(name, event.change.path, event.change.values);
    // Whoever the device was before the reset, it is not any more.
    if (event.kind === 'state' && event.state === 'RESET') this.#forget(name);
  }

  #passOn(name: string, path: string, values: JsonValues): void {
    for (const link of this.#links) {
      if (link.device !== name || link.path !== path) continue;
      void this.#send({ ...link, do: 'ask', method: 'POST', values });
    }
  }

  async #send(order: Extract<OrderContents, { do: 'ask' }>): Promise<void> {
    const { device: name, to, path, values } = order;
    const outcome = await this.carryOut(order).catch((error: unknown) => ({ error }));
    this.#report.show({ event: 'sent', data: { name, to, path, sent: values, ...outcome }, lines: [] });
  }

  #forget(name: string): void {
    const acting = this.#acting.get(name);
    this.#acting.delete(name);
    void acting?.then((one) => one.close());
  }

  #actor(name: string): Promise<ActingDevice> {
    const known = this.#acting.get(name);
    if (known !== undefined) return known;
    const opened = ActingDevice.open(this.#surface, this.#device(name), this.#chosen);
    this.#acting.set(name, opened);
    return opened;
  }

  #device(name: string): VirtualDevice {
    const device = this.#devices.get(name);
    if (device !== undefined) return device;
    throw new SelvageError('device-not-found', `no device of this process is called ${name}`);
  }
}
