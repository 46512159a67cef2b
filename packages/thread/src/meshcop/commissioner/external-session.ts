import { Alarm, type Clock, type DatagramPort, type PeerAddress, type SelvageError } from '@selvage/core';
import type { NetworkAccess } from './commissioner-runner.js';
import { ExternalAccess, type ExternalAccessOptions } from './external-access.js';
import type { NetworkNews, NetworkRequest } from './network-access.js';

/** Drives the session of an external commissioner with a border agent on a datagram port. */
export class ExternalSession<Address extends PeerAddress> implements NetworkAccess {
  readonly #access: ExternalAccess<Address>;
  readonly #clock: Clock;
  readonly #port: DatagramPort<Address>;
  readonly #alarm: Alarm;
  readonly #opened: Promise<void>;
  #listener: ((news: NetworkNews) => void) | undefined;
  #closedListener: ((error: SelvageError | undefined) => void) | undefined;
  #settle: { resolve(): void; reject(error: unknown): void } | undefined;

  private constructor(options: ExternalAccessOptions<Address>, clock: Clock, port: DatagramPort<Address>) {
    this.#clock = clock;
    this.#port = port;
    this.#alarm = new Alarm(clock, () => this.#pump());
    this.#opened = new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
    this.#access = new ExternalAccess(options, clock.now());
    port.onDatagram((payload, from) => {
      this.#access.handle({ kind: 'datagram', payload, from }, clock.now());
      this.#pump();
    });
    this.#pump();
  }

  /**
   * Opens a session; the port is the session's, and is closed with it.
   * @throws SelvageError `join-failed`: `wrong-pskc`, `flight-lost`, `session-limit` …
   */
  static async open<Address extends PeerAddress>(
    options: ExternalAccessOptions<Address>,
    clock: Clock,
    port: DatagramPort<Address>,
  ): Promise<ExternalSession<Address>> {
    const session = new ExternalSession(options, clock, port);
    await session.#opened;
    return session;
  }

  onNews(listener: (news: NetworkNews) => void): void {
    this.#listener = listener;
  }

  /** Told once, when the session is over; without an error where it was closed by us. */
  onClosed(listener: (error: SelvageError | undefined) => void): void {
    this.#closedListener = listener;
  }

  request(request: NetworkRequest): void {
    this.#access.handle({ kind: 'wanted', request }, this.#clock.now());
    this.#pump();
  }

  close(): void {
    this.#access.close(this.#clock.now());
    this.#pump();
  }

  #pump(): void {
    const now = this.#clock.now();
    for (let output = this.#access.poll(now); output !== undefined; output = this.#access.poll(now)) {
      switch (output.kind) {
        case 'transmit':
          this.#port.send(output.payload, output.to);
          break;
        case 'open':
          this.#settle?.resolve();
          break;
        case 'news': {
          const { news } = output;
          // Not from within ourselves, who are in the middle of something.
          queueMicrotask(() => this.#listener?.(news));
          break;
        }
        case 'closed':
          return this.#closed(output.error);
      }
    }
    this.#alarm.set(this.#access.deadline);
  }

  #closed(error: SelvageError | undefined): void {
    this.#alarm.set(undefined);
    this.#port.close();
    this.#settle?.reject(error);
    this.#closedListener?.(error);
  }
}
