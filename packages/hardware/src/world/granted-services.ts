import {
  type CborInput,
  type CborValue,
  type Clock,
  decode,
  decodeCbor,
  encode,
  encodeCbor,
  FormatError,
  SelvageError,
} from '@selvage/core';
import type { Channel } from '../channel/channel.js';
import type { ChannelNotice } from '../channel/serving.js';
import type { ChannelRequest } from '../channel/inbound.js';
import { Allowance } from './allowance.js';
import { closedPort, datagram, logLine, operations, peripheralValue, portName, services } from './board-protocol.js';
import type { GrantedPort } from './granted-api.js';
import { GrantedPorts } from './granted-ports.js';
import { type GrantedLimits, usualGrantedLimits } from './limits.js';
import type { Refusals } from './refusals.js';
import { type BoardUpdate, serveUpdate } from './update-service.js';

/** What a board grants, and to whom it tells what. */
export interface GrantedServicesOptions {
  readonly clock: Clock;
  /** What the board says of itself. */
  readonly facts: CborInput;
  /** @throws SelvageError (rejects) `access-denied` for a name that is not granted, `wrong-state` for one that is open */
  readonly openPort: (name: string) => Promise<GrantedPort>;
  /** The peripherals that there are; all names where it is left out. */
  readonly peripherals?: ReadonlySet<string> | undefined;
  readonly show: (peripheral: string, value: CborValue) => void;
  readonly update: BoardUpdate;
  /** A line that the firmware logged: of printable characters, and bounded. */
  readonly log: (line: string) => void;
  readonly refusals: Refusals;
  readonly limits?: Partial<GrantedLimits> | undefined;
}

const none = new Uint8Array(0);
// What moves a terminal's cursor, reorders a line or begins another one is not for a log.
const unprintable = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/**
 * The board's end of what firmware is granted, beside the vault. All that comes in is a stranger's: it is checked,
 * bounded, and what is refused is counted.
 */
export class GrantedServices {
  readonly #channel: Channel;
  readonly #options: GrantedServicesOptions;
  readonly #limits: GrantedLimits;
  readonly #ports: GrantedPorts;
  readonly #shows: Allowance;
  readonly #lines: Allowance;

  constructor(channel: Channel, options: GrantedServicesOptions) {
    this.#channel = channel;
    this.#options = options;
    this.#limits = { ...usualGrantedLimits, ...options.limits };
    this.#ports = new GrantedPorts(channel, { ...options, limits: this.#limits });
    this.#shows = new Allowance(this.#limits.showRate);
    this.#lines = new Allowance(this.#limits.logRate);
    const service = {
      request: (request: ChannelRequest) => this.#asked(request),
      notice: (notice: ChannelNotice) => this.#told(notice),
    };
    channel.serve(
      services.board,
      options.refusals.watch('board', service, () => this.#now()),
    );
  }

  /** Datagrams that the firmware did not read in time. */
  get dropped(): number {
    return this.#ports.dropped;
  }

  /** Tells of a button, a sensor or an order. */
  input(peripheral: string, value: CborInput): void {
    const body = encode(peripheralValue, { name: peripheral, value: encodeCbor(value) });
    this.#channel.notify(services.board, operations.input, body);
  }

  /** Lets the firmware say goodbye; resolves when it has, or when its time is over. */
  async farewell(): Promise<void> {
    await this.#answered(operations.stop, this.#limits.farewell);
  }

  /** Whether it answers in time: what loops for ever does not. */
  isAlive(): Promise<boolean> {
    return this.#answered(operations.alive, this.#limits.alive);
  }

  /** Closes the ports. */
  close(): void {
    this.#ports.close();
  }

  #now(): number {
    return this.#options.clock.now();
  }

  async #answered(operation: number, patience: number): Promise<boolean> {
    const { clock } = this.#options;
    const controller = new AbortController();
    const timer = clock.wakeAt(clock.now() + patience, () => controller.abort());
    try {
      await this.#channel.request(services.board, operation, none, { signal: controller.signal });
      return true;
    } catch {
      return false;
    } finally {
      timer.cancel();
    }
  }

  async #asked(request: ChannelRequest): Promise<Uint8Array> {
    const { facts, update } = this.#options;
    switch (request.operation) {
      case operations.facts:
        return encodeCbor(facts);
      case operations.open:
        return this.#ports.open(decode(portName, request.body).name);
      default:
        return serveUpdate(update, request);
    }
  }

  /** Whatever it throws is a notice that makes no sense, which the channel counts. */
  #told({ operation, body }: ChannelNotice): void {
    switch (operation) {
      case operations.datagram:
        return this.#ports.send(decode(datagram, body));
      case operations.close:
        return this.#ports.closePort(decode(closedPort, body).port);
      case operations.show:
        return this.#show(body);
      case operations.log:
        return this.#log(body);
      default:
        throw new FormatError('invalid-value', `the board has no notice ${operation}`);
    }
  }

  #show(body: Uint8Array): void {
    const { peripherals, show } = this.#options;
    if (!this.#shows.take(this.#now())) return this.#refuse('show-rate', 'something to show');
    const { name, value } = decode(peripheralValue, body);
    if (peripherals !== undefined && !peripherals.has(name)) {
      return this.#refuse('no-such-peripheral', 'something to show');
    }
    if (value.length > this.#limits.valueLength) {
      throw new SelvageError('payload-too-large', 'what is to be shown is too long');
    }
    show(name, decodeCbor(value, this.#limits.value));
  }

  #log(body: Uint8Array): void {
    if (!this.#lines.take(this.#now())) return this.#refuse('log-rate', 'a line');
    const line = decode(logLine, body.subarray(0, 4 * this.#limits.logLine));
    this.#options.log(line.slice(0, this.#limits.logLine).replace(unprintable, '·'));
  }

  #refuse(kind: 'show-rate' | 'log-rate' | 'no-such-peripheral', what: string): void {
    this.#options.refusals.add(kind, what, this.#now());
  }
}
