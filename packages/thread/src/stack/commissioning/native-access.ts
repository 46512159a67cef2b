import { SelvageError } from '@selvage/core';
import type { NetworkAccess } from '../../meshcop/commissioner/commissioner-runner.js';
import type { NetworkNews, NetworkRequest } from '../../meshcop/commissioner/network-access.js';
import { decodeRelayed, encodeRelayed, relayPaths } from '../../meshcop/relay/relay-messages.js';
import type { TmfDone } from '../../tmf/pending-requests.js';
import type { NodeRunner } from '../node-runner.js';

/** A native commissioner's way into the network: a node of it (Thread 1.3 §8.4.3). */
export class NativeAccess implements NetworkAccess {
  readonly #runner: NodeRunner;
  #listener: ((news: NetworkNews) => void) | undefined;

  constructor(runner: NodeRunner) {
    this.#runner = runner;
    runner.node.commissioning.onNews(({ path, payload, source }) => {
      if (path !== relayPaths.received) return this.#tell({ kind: 'notification', path, payload, from: source });
      const datagram = decodeRelayed(payload);
      if (datagram !== undefined) this.#tell({ kind: 'relayed', datagram });
    });
  }

  onNews(listener: (news: NetworkNews) => void): void {
    this.#listener = listener;
  }

  request(request: NetworkRequest): void {
    this.#runner.run(({ commissioning }, now) => {
      if (request.kind === 'relay') {
        return commissioning.relay(request.datagram.locator, encodeRelayed(request.datagram));
      }
      const { id, path, payload, to, confirmable } = request;
      const done: TmfDone = (outcome) =>
        this.#tell({
          kind: 'response',
          id,
          payload: outcome.kind === 'answer' && outcome.isChanged ? outcome.payload : undefined,
          ...(outcome.kind === 'lost' && { error: new SelvageError('timed-out', `nobody answered ${path}`) }),
        });
      if (to.kind === 'node') return commissioning.ask(path, payload, to.address, now, confirmable ? done : undefined);
      return commissioning.askLeader(path, payload, now, done);
    });
  }

  /** Not from within the node, which is in the middle of something. */
  #tell(news: NetworkNews): void {
    queueMicrotask(() => this.#listener?.(news));
  }
}
