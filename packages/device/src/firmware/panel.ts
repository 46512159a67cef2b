import { type CborInput, type CborValue, fromHex } from '@selvage/core';
import type { UdpAddress } from '@selvage/core/node';
import type { DeviceEvent, OcfDevice } from '@selvage/ocf';
import type { ActingDevice, Asked } from './acting-device.js';
import type { GrantedApi } from '@selvage/hardware';
import { plainError } from './news.js';
import { type Order, type OrderTo, type Question, readOrder } from './order.js';

/** Whom a panel tells, and what it works with. */
export interface PanelOptions {
  readonly device: OcfDevice<UdpAddress>;
  readonly update: GrantedApi['update'];
  /** The device as a client, with ports of its own. @throws SelvageError (rejects) as the board's ports */
  readonly act: () => Promise<ActingDevice>;
  /** Answers to orders. */
  readonly answer: (answer: CborInput) => void;
  /** What the device does of its own accord. */
  readonly tell: (news: CborInput) => void;
}

/** What somebody does to a device with his fingers, and what the device then does of its own accord. */
export class Panel {
  readonly #options: PanelOptions;
  readonly #links: OrderTo<'link'>[] = [];
  #acting: Promise<ActingDevice> | undefined;

  constructor(options: PanelOptions) {
    this.#options = options;
    options.device.onEvent((event) => this.#happened(event));
  }

  /** Carries an order out and answers it. What is none is answered as well, with what is wrong. */
  async take(value: CborValue): Promise<void> {
    const order = value instanceof Map ? (value as ReadonlyMap<string, CborValue>).get('order') : undefined;
    try {
      this.#options.answer({ order, result: await this.#carryOut(readOrder(value)) });
    } catch (error) {
      this.#options.answer({ order, error: plainError(error) });
    }
  }

  close(): void {
    this.#forget();
  }

  async #carryOut(order: Order): Promise<CborInput> {
    switch (order.do) {
      case 'set':
        await this.#options.device.set(order.path, plainValues(order.values));
        return {};
      case 'link':
        this.#links.push(order);
        return {};
      case 'ask':
        return { ...(await this.#ask(order)) };
      case 'update':
        await this.#update(order);
        return {};
    }
  }

  async #update({ at, total, hex }: OrderTo<'update'>): Promise<void> {
    const { update } = this.#options;
    const piece = fromHex(hex);
    if (at === 0) await update.begin(total);
    await update.write(at, piece);
    if (at + piece.length < total) return;
    await update.finish();
    await update.install();
  }

  async #ask(question: Question): Promise<Asked> {
    this.#acting ??= this.#options.act();
    return (await this.#acting).ask(question);
  }

  #happened(event: DeviceEvent): void {
    if (event.kind === 'changed') this.#passOn(event.change.path, event.change.values as Record<string, CborInput>);
    // Whoever the device was before the reset, it is not any more.
    if (event.kind === 'state' && event.state === 'RESET') this.#forget();
  }

  #passOn(path: string, values: Readonly<Record<string, CborInput>>): void {
    for (const link of this.#links) if (link.path === path) void this.#send(link, values);
  }

  async #send({ to, path }: OrderTo<'link'>, sent: Readonly<Record<string, CborInput>>): Promise<void> {
    const values = new Map(Object.entries(sent)) as CborValue;
    const outcome = await this.#ask({ to, method: 'POST', path, values }).then(
      (asked): Readonly<Record<string, CborInput>> => ({ ...asked }),
      (error: unknown) => ({ error: plainError(error) }),
    );
    this.#options.tell({ event: 'sent', to, path, sent, ...outcome });
  }

  #forget(): void {
    const acting = this.#acting;
    this.#acting = undefined;
    acting?.then(
      (one) => one.close(),
      () => undefined,
    );
  }
}

/** A map as the values of a resource are given. */
function plainValues(value: CborValue): Readonly<Record<string, unknown>> {
  return value instanceof Map ? Object.fromEntries(value as ReadonlyMap<string, CborValue>) : {};
}
