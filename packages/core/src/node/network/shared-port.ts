import { SelvageError } from '../../errors/error.js';
import type { DatagramPort, PeerAddress } from '../../ports.js';

type Receiver<Address> = (payload: Uint8Array, from: Address) => void;

/**
 * A port that many listen to, such as the one of a group for all devices of a process: each hears every datagram. It is
 * for receiving only.
 */
export class SharedPort<Address extends PeerAddress> {
  readonly #port: DatagramPort<Address>;
  /** By part: two may have one receiver. */
  readonly #receivers = new Map<object, Receiver<Address>>();

  constructor(port: DatagramPort<Address>) {
    this.#port = port;
    port.onDatagram((payload, from) => {
      for (const receiver of this.#receivers.values()) receiver(new Uint8Array(payload), from);
    });
  }

  /** One listener's part. Closing it leaves the others as they are. */
  part(): DatagramPort<Address> {
    const part: DatagramPort<Address> = {
      maximumPayload: this.#port.maximumPayload,
      send: () => {
        throw new SelvageError('wrong-state', 'this port is for receiving only');
      },
      onDatagram: (receiver) => void this.#receivers.set(part, receiver),
      close: () => void this.#receivers.delete(part),
    };
    return part;
  }

  /** Ends it for all. */
  close(): void {
    this.#receivers.clear();
    this.#port.close();
  }
}
