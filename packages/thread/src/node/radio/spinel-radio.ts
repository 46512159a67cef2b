import { Alarm, type Clock, SelvageError } from '@selvage/core';
import type { Radio, RadioCapabilities, RadioEvent, RadioIdentity, RadioTransmission } from '../../radio/radio.js';
import { type CoprocessorFacts, type DriverOptions, SpinelDriver } from '../../radio/spinel/spinel-driver.js';
import type { SpinelInput } from '../../radio/spinel/spinel-engine.js';

/** The bytes' way to a co-processor and back. */
export interface SpinelWire {
  write(bytes: Uint8Array): void;
  onBytes(listener: (bytes: Uint8Array) => void): void;
  /** Called once, when nothing comes any more. */
  onClose(listener: (reason: string) => void): void;
  close(): void;
}

const acknowledgementTimeout = 16;

/** A real radio: a co-processor that speaks spinel. It acknowledges, backs off and repeats by itself. */
export class SpinelRadio implements Radio {
  readonly capabilities: RadioCapabilities;
  readonly facts: CoprocessorFacts;
  readonly #session: Session;

  private constructor(session: Session, facts: CoprocessorFacts) {
    this.#session = session;
    this.facts = facts;
    this.capabilities = {
      acknowledges: true,
      repeats: true,
      acknowledgementTimeout,
      sensitivity: facts.sensitivity,
      sharesChannel: true,
    };
  }

  /**
   * Waits until the co-processor is set up.
   * @throws SelvageError `port-failed` with what it does not answer, or why it is gone.
   */
  static async open(wire: SpinelWire, clock: Clock, options: DriverOptions = {}): Promise<SpinelRadio> {
    const session = new Session(wire, clock, options);
    try {
      return new SpinelRadio(session, await session.ready);
    } catch (error) {
      session.close();
      throw error;
    }
  }

  /** What was dropped of what came from the co-processor. */
  get counters(): SpinelDriver['counters'] {
    return this.#session.driver.counters;
  }

  get damaged(): number {
    return this.#session.driver.damaged;
  }

  configure(identity: RadioIdentity): void {
    this.#session.use((driver, now) => driver.configure(identity, now));
  }

  listen(channel: number): void {
    this.#session.use((driver, now) => driver.listen(channel, now));
  }

  sleep(): void {
    this.#session.use((driver, now) => driver.sleep(now));
  }

  transmit(transmission: RadioTransmission): void {
    this.#session.use((driver, now) => driver.transmit(transmission, now));
  }

  measureEnergy(channel: number, milliseconds: number): void {
    this.#session.use((driver, now) => driver.measureEnergy(channel, milliseconds, now));
  }

  onEvent(listener: (event: RadioEvent) => void): void {
    this.#session.onEvent(listener);
  }

  close(): void {
    this.#session.close();
  }
}

/** Runs a driver on a wire and a clock. */
class Session {
  readonly driver: SpinelDriver;
  readonly ready: Promise<CoprocessorFacts>;
  readonly #wire: SpinelWire;
  readonly #clock: Clock;
  #settle: { resolve(facts: CoprocessorFacts): void; reject(error: SelvageError): void } | undefined;
  #listener: ((event: RadioEvent) => void) | undefined;
  readonly #alarm: Alarm;
  #isOpen = true;

  constructor(wire: SpinelWire, clock: Clock, options: DriverOptions) {
    this.#wire = wire;
    this.#clock = clock;
    this.#alarm = new Alarm(clock, () => this.#pump());
    this.driver = new SpinelDriver(clock.now(), options);
    this.ready = new Promise((resolve, reject) => (this.#settle = { resolve, reject }));
    wire.onBytes((bytes) => this.#handle({ kind: 'bytes', bytes }));
    wire.onClose((reason) => this.#handle({ kind: 'closed', reason }));
    this.#pump();
  }

  use(work: (driver: SpinelDriver, now: number) => void): void {
    if (!this.#isOpen) throw new SelvageError('port-closed', 'the radio is closed');
    work(this.driver, this.#clock.now());
    this.#pump();
  }

  onEvent(listener: (event: RadioEvent) => void): void {
    if (!this.#isOpen) throw new SelvageError('port-closed', 'the radio is closed');
    this.#listener = listener;
  }

  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#listener = undefined;
    this.#alarm.set(undefined);
    this.#wire.close();
  }

  #handle(input: SpinelInput): void {
    if (!this.#isOpen) return;
    this.driver.handle(input, this.#clock.now());
    this.#pump();
  }

  #pump(): void {
    for (let output = this.#poll(); output !== undefined; output = this.#poll()) {
      if (output.kind === 'bytes') this.#wire.write(output.bytes);
      else if (output.kind === 'ready') this.#settle?.resolve(output.facts);
      else this.#tell(output.event);
    }
    this.#alarm.set(this.#isOpen ? this.driver.deadline : undefined);
  }

  #poll(): ReturnType<SpinelDriver['poll']> {
    return this.#isOpen ? this.driver.poll(this.#clock.now()) : undefined;
  }

  #tell(event: RadioEvent): void {
    if (event.kind === 'failed') this.#settle?.reject(unusable(event.reason));
    this.#listener?.(event);
  }
}

function unusable(reason: string): SelvageError {
  return new SelvageError('port-failed', `the radio co-processor cannot be used: ${reason}`, {
    remedy: 'check that the command runs, speaks spinel on its standard input and output, and that nobody else uses it',
  });
}
