/**
 * A UDP datagram of 100 bytes between two nodes of a mesh, all of it: UDP, IPv6, 6LoWPAN, the frame and its security;
 * from the socket's payload to the PSDU and back. It fits one frame; the radio is left out.
 */
import { SelvageError, systemEntropy } from '@selvage/core';
import { SeededEntropy } from '@selvage/core/virtual';
import { nativeCore } from '@selvage/crypto';
import {
  Adaptation,
  Ip6Endpoint,
  Ip6Stack,
  Link,
  type LinkIndication,
  type LinkUser,
  locatorAddress,
  parsePrefix,
  shortAddress,
} from '@selvage/thread';
import { cpuTime } from '../batches.js';
import type { Figure } from '../figure.js';
import { instantRadio } from '../thread/instant-radio.js';
import { servedKeys } from '../thread/served-keys.js';

const meshLocal = parsePrefix('fd4b:167e:c82f:facc::/64');
const [here, there] = [0x8c00, 0x6c00];
const port = 61_631;
const data = new Uint8Array(100).fill(0xa5);
/** Payload of a secured frame between short addresses. */
const room = 106;
const recorded = 40_000;

export const threadDatagram: readonly Figure[] = [
  {
    name: 'thread.send',
    work: 'CPU per 100 B UDP payload to secured PSDU',
    unit: 'µs',
    atMost: 12,
    measure: () => {
      const send = sender(new Node(here));
      return { measured: cpuTime('µs', () => void send()) };
    },
  },
  {
    name: 'thread.receive',
    work: 'CPU per secured 100 B frame, PSDU to UDP payload',
    unit: 'µs',
    atMost: 12,
    measure: () => {
      const send = sender(new Node(here));
      const psdus = Array.from({ length: recorded }, send);
      return { measured: cpuTime('µs', receiver(new Node(there), psdus)) };
    },
  },
];

/** Sends a datagram, and gives its PSDU. */
function sender(node: Node): () => Uint8Array {
  const socket = node.stack.openPort({ port, address: locatorAddress(meshLocal, here) });
  const to = new Ip6Endpoint(locatorAddress(meshLocal, there), port);
  return () => {
    socket.send(data, to);
    return node.transmitted();
  };
}

function receiver(node: Node, psdus: readonly Uint8Array[]): () => void {
  let heard = 0;
  node.stack.openPort({ port }).onDatagram((payload) => {
    heard += payload.length;
  });
  let at = psdus.length;
  return () => {
    if (at === psdus.length) at = node.meetAnew();
    heard = 0;
    node.link.handle({ kind: 'received', frame: { psdu: psdus[at++]!, channel: 15, rssi: -40, at: 0 } }, 0);
    if (heard !== data.length) throw new SelvageError('wrong-state', 'a datagram did not arrive');
  };
}

class Node implements LinkUser {
  readonly link: Link;
  readonly stack: Ip6Stack<undefined>;
  readonly #adaptation: Adaptation;
  readonly #served = servedKeys();

  constructor(short: number) {
    const { keys } = this.#served;
    const extended = extendedOf(short);
    this.link = new Link({ core: nativeCore, entropy: systemEntropy, keys, radio: instantRadio, extended, user: this });
    this.link.setPanId(0xface);
    this.link.setShort(short);
    this.#adaptation = new Adaptation({ entropy: new SeededEntropy(short), isOurs: (other) => other === short });
    this.#adaptation.contexts.setMeshLocal(meshLocal);
    const pair = { source: shortAddress(short), destination: shortAddress(otherThan(short)) };
    this.stack = new Ip6Stack({
      entropy: new SeededEntropy(short),
      send: (packet) => {
        for (const payload of this.#adaptation.send(packet, pair, room)) this.#give(payload, pair.destination);
      },
    });
    this.stack.addresses.set([{ kind: 'rloc', address: locatorAddress(meshLocal, short) }]);
  }

  onFrame({ payload, source, destination }: LinkIndication): void {
    const arrival = this.#adaptation.receive(payload, { source, destination }, true, 0);
    if (arrival?.kind === 'packet') this.stack.receive(arrival.packet, 0, undefined);
  }

  onSent(): void {}

  onEvent(): void {}

  /** What the link has its radio send; the radio is done at once. */
  transmitted(): Uint8Array {
    let psdu: Uint8Array | undefined;
    for (let output = this.link.poll(0); output !== undefined; output = this.link.poll(0)) {
      if (output.kind !== 'transmit') continue;
      ({ psdu } = output.transmission);
      this.link.handle({ kind: 'transmitted', id: output.transmission.id, outcome: 'sent', at: 0 }, 0);
    }
    this.#served.serve();
    if (psdu === undefined) throw new SelvageError('wrong-state', 'no frame was sent');
    return psdu;
  }

  /** Another sender, as far as this node knows: its counters begin anew. */
  meetAnew(): number {
    this.link.neighbours.remove(extendedOf(here));
    this.link.neighbours.enter(extendedOf(here), { short: here });
    return 0;
  }

  #give(payload: Uint8Array, destination: ReturnType<typeof shortAddress>): void {
    this.link.send({ destination, source: 'short', protection: { kind: 'network' }, payload }, 0);
  }
}

function extendedOf(short: number): Uint8Array {
  return Uint8Array.of(2, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0, short >> 8);
}

function otherThan(short: number): number {
  return short === here ? there : here;
}
