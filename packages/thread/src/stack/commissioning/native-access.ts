import { encode, SelvageError, tryDecode } from '@selvage/core';
import type { NetworkAccess } from '../../meshcop/commissioner/commissioner-runner.js';
import type { NetworkNews, NetworkRequest } from '../../meshcop/commissioner/network-access.js';
import { decodeRelayed, encodeRelayed, relayPaths } from '../../meshcop/relay/relay-messages.js';
import { meshcopTlvs } from '../../meshcop/tlv/meshcop-tlvs.js';
import type { TmfDone } from '../../tmf/pending-requests.js';
import type { NodeRunner } from '../node-runner.js';

/** LEAD_PET and LEAD_KA. */
const [petition, keepAlive] = ['c/lp', 'c/la'] as const;

/** A native commissioner's way into the network: a node of it (Thread 1.3 §8.4.3). */
export class NativeAccess implements NetworkAccess {
  readonly #runner: NodeRunner;
  readonly #stopNews: () => void;
  readonly #later: (action: () => void) => void;
  #listener: ((news: NetworkNews) => void) | undefined;

  /** @param later calls back when the node is done with what it is in the middle of; a microtask by default */
  constructor(runner: NodeRunner, later: (action: () => void) => void = queueMicrotask) {
    this.#runner = runner;
    this.#later = later;
    this.#stopNews = runner.node.commissioning.onNews(({ path, payload, source }) => {
      const datagram = path === relayPaths.received ? decodeRelayed(payload) : undefined;
      if (datagram !== undefined) this.#tell({ kind: 'relayed', datagram });
      if (path !== relayPaths.received) this.#tell({ kind: 'notification', path, payload, from: source });
      return true;
    });
  }

  onNews(listener: (news: NetworkNews) => void): void {
    this.#listener = listener;
  }

  /** Hears nothing any more, and holds nothing; the commissioner should have resigned. */
  close(): void {
    this.#stopNews();
    this.#runner.run(({ commissioning }) => commissioning.release(this));
  }

  request(request: NetworkRequest): void {
    this.#runner.run(({ commissioning }, now) => {
      if (request.kind === 'relay') {
        return commissioning.relay(request.datagram.locator, encodeRelayed(request.datagram));
      }
      const { id, path, payload, to, confirmable } = request;
      const other = path === petition ? commissioning.activeBeside(this) : undefined;
      if (other !== undefined) return this.#tell({ kind: 'response', id, payload: refusal(other) });
      const done: TmfDone = (outcome) => {
        const answer = outcome.kind === 'answer' && outcome.isChanged ? outcome.payload : undefined;
        if (path === petition && isAccepted(answer)) commissioning.hold(this, nameIn(payload));
        if (path === keepAlive && answer !== undefined && !isAccepted(answer)) commissioning.release(this);
        const lost = outcome.kind === 'lost' && { error: new SelvageError('timed-out', `nobody answered ${path}`) };
        this.#tell({ kind: 'response', id, payload: answer, ...lost });
      };
      if (to.kind === 'node') return commissioning.ask(path, payload, to.address, now, confirmable ? done : undefined);
      return commissioning.askLeader(path, payload, now, done);
    });
  }

  /** Not from within the node, which is in the middle of something. */
  #tell(news: NetworkNews): void {
    this.#later(() => this.#listener?.(news));
  }
}

function isAccepted(answer: Uint8Array | undefined): boolean {
  return answer !== undefined && meshcopTlvs.first(tryDecode(meshcopTlvs, answer) ?? [], 'state') === 'accept';
}

function nameIn(payload: Uint8Array): Uint8Array {
  return meshcopTlvs.first(tryDecode(meshcopTlvs, payload) ?? [], 'commissionerId') ?? new Uint8Array(0);
}

/** What the leader would say, if it knew that two of its commissioners are in one node. */
function refusal(active: Uint8Array): Uint8Array {
  return encode(meshcopTlvs, [
    { type: 'state', value: 'reject' },
    { type: 'commissionerId', value: active },
  ]);
}
