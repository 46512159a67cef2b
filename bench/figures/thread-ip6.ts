/**
 * UDP, IPv6 and 6LoWPAN of a datagram of 100 bytes between two nodes of a mesh, without the link: the share that they
 * have in `thread.send` and `thread.receive`. Between routing locators and with short ports it fits one frame exactly;
 * between endpoint identifiers it takes two fragments.
 */
import { SelvageError } from '@selvage/core';
import { SeededEntropy } from '@selvage/core/virtual';
import {
  Adaptation,
  Ip6Endpoint,
  Ip6Stack,
  type LinkPair,
  locatorAddress,
  type OwnAddress,
  parseIp6,
  parsePrefix,
  shortAddress,
} from '@selvage/thread';
import { cpuTime } from '../batches.js';
import type { Figure } from '../figure.js';

const meshLocal = parsePrefix('fd4b:167e:c82f:facc::/64');
const [here, there] = [0x8c00, 0x6c00];
const link: LinkPair = { source: shortAddress(here), destination: shortAddress(there) };
/** Payload of a secured frame between short addresses. */
const room = 106;
const port = 61_631;
const data = new Uint8Array(100).fill(0xa5);

export const threadIp6: readonly Figure[] = [
  {
    name: 'thread.ip6.send',
    work: '100 B UDP payload to frame payload',
    unit: 'µs',
    atMost: 4,
    measure: () => ({ measured: cpuTime('µs', sends('rloc', 1)) }),
  },
  {
    name: 'thread.ip6.receive',
    work: 'frame payload to 100 B UDP payload',
    unit: 'µs',
    atMost: 4,
    measure: () => ({ measured: cpuTime('µs', receives('rloc')) }),
  },
  {
    name: 'thread.ip6.send-fragments',
    work: '100 B UDP payload to two fragments',
    unit: 'µs',
    measure: () => ({ measured: cpuTime('µs', sends('mesh-local', 2)) }),
  },
  {
    name: 'thread.ip6.receive-fragments',
    work: 'two fragments to 100 B UDP payload',
    unit: 'µs',
    measure: () => ({ measured: cpuTime('µs', receives('mesh-local')) }),
  },
];

type Kind = 'rloc' | 'mesh-local';

function sends(kind: Kind, frames: number): () => void {
  const node = new Node(here);
  const to = new Ip6Endpoint(addressOf(there, kind), port);
  const socket = node.stack.openPort({ port, address: addressOf(here, kind) });
  return () => {
    socket.send(data, to);
    if (node.sent.length !== frames) throw new SelvageError('wrong-state', `${node.sent.length} frames were made`);
  };
}

function receives(kind: Kind): () => void {
  const [sender, receiver] = [new Node(here), new Node(there)];
  let heard = 0;
  receiver.stack.openPort({ port }).onDatagram((payload) => {
    heard += payload.length;
  });
  const socket = sender.stack.openPort({ port, address: addressOf(here, kind) });
  socket.send(data, new Ip6Endpoint(addressOf(there, kind), port));
  const frames = sender.sent;
  return () => {
    heard = 0;
    for (const payload of frames) {
      const arrival = receiver.adaptation.receive(payload, link, true, 0);
      if (arrival?.kind === 'packet') receiver.stack.receive(arrival.packet, 0, undefined);
    }
    if (heard !== data.length) throw new SelvageError('wrong-state', 'a datagram did not arrive');
  };
}

class Node {
  readonly adaptation: Adaptation;
  readonly stack: Ip6Stack<undefined>;
  sent: readonly Uint8Array[] = [];

  constructor(short: number) {
    this.adaptation = new Adaptation({ entropy: new SeededEntropy(short), isOurs: (other) => other === short });
    this.adaptation.contexts.setMeshLocal(meshLocal);
    this.stack = new Ip6Stack({
      entropy: new SeededEntropy(short),
      send: (packet) => {
        this.sent = this.adaptation.send(packet, link, room);
      },
    });
    this.stack.addresses.set(
      (['mesh-local', 'rloc'] as const).map((kind): OwnAddress => ({ kind, address: addressOf(short, kind) })),
    );
  }
}

function addressOf(short: number, kind: Kind): Uint8Array {
  if (kind === 'rloc') return locatorAddress(meshLocal, short);
  return parseIp6(`fd4b:167e:c82f:facc:1234:5678:9abc:${short.toString(16)}`);
}
