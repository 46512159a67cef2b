import { type CborValue, type Clock, SelvageError } from '@selvage/core';
import type { UdpAddress } from '@selvage/core/node';
import { OcfClient, type OcfClientOptions, type ReachableDevice, type Uuid } from '@selvage/ocf';
import type { Question } from './order.js';

/** How long another device is looked for, ms. */
const searchTime = 1500;

/** What came of a question. */
export interface Asked {
  /** The answer's code, such as `2.04`. */
  readonly code: string;
  readonly values: CborValue;
  /** By what the one who answered proved to be the one that was meant. */
  readonly proof: string;
  /** From the request to the answer, with finding the device and opening a session where there was none, ms. */
  readonly milliseconds: number;
}

/** A device as the client of others: it goes by what its owner gave it, and by nothing else. */
export class ActingDevice {
  readonly #clock: Clock;
  readonly #client: OcfClient<UdpAddress>;
  readonly #known = new Map<Uuid, ReachableDevice<UdpAddress>>();

  constructor(options: OcfClientOptions<UdpAddress>) {
    this.#clock = options.clock;
    this.#client = new OcfClient(options);
  }

  /**
   * Asks another device, whatever its answer.
   * @throws SelvageError (rejects) `device-not-found`, and as a session of {@link OcfClient}.
   */
  async ask({ to, method, path, values }: Question): Promise<Asked> {
    const since = this.#clock.now();
    const session = await this.#client.session(await this.#find(to));
    const answer = await session.request({ method, path, ...(values !== undefined && { value: values }) });
    const milliseconds = this.#clock.now() - since;
    return { code: answer.code, values: answer.value, proof: session.peer.kind, milliseconds };
  }

  close(): void {
    this.#client.close();
  }

  async #find(device: Uuid): Promise<ReachableDevice<UdpAddress>> {
    const found = this.#known.get(device) ?? (await this.#discover(device));
    if (found === undefined) throw new SelvageError('device-not-found', `device ${device} does not answer`);
    this.#known.set(device, found);
    return found;
  }

  /** The first answer is enough. */
  #discover(device: Uuid): Promise<ReachableDevice<UdpAddress> | undefined> {
    return new Promise((resolve, reject) => {
      const query = { device, describe: false, listenFor: searchTime, onFound: resolve };
      this.#client.discover(query).then(([found]) => resolve(found), reject);
    });
  }
}
