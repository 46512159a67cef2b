import { type PeerAddress } from '@selvage/core';
import { type LinkConditions, SeededEntropy, type Tamper, VirtualClock, VirtualNetwork } from '@selvage/core/virtual';
import { ip6HeaderLength, ip6Offsets } from '../../src/ip6/header/ip6-header.js';
import { parseIp6 } from '../../src/ip6/address/text.js';
import { linkLocalAddress } from '../../src/ip6/address/thread-address.js';
import { Ip6Stack } from '../../src/ip6/stack/ip6-stack.js';
import { isMulticast, realmLocalAllNodes } from '../../src/ip6/address/classes.js';
import { Adaptation } from '../../src/lowpan/adaptation.js';
import type { LinkPair } from '../../src/lowpan/link-pair.js';
import { parsePrefix } from '../../src/ip6/address/prefix.js';
import { broadcast, type MacAddress, shortAddress } from '../../src/mac/address.js';

/** Payload of a secured frame between short addresses. */
export const frameRoom = 106;
const meshLocal = parsePrefix('fd4b:167e:c82f:facc::/64');

/** A node of IPv6 over 6LoWPAN: everything but the frames themselves. */
export class MeshNode {
  readonly stack: Ip6Stack;
  readonly adaptation: Adaptation;
  readonly address: Uint8Array;
  readonly short: number;

  constructor(pair: MeshPair, name: string, short: number) {
    this.short = short;
    this.stack = new Ip6Stack({
      send: (packet) => pair.carry(this, packet),
      entropy: new SeededEntropy(`${pair.seed}/${name}/ip6`),
    });
    this.adaptation = new Adaptation({
      entropy: new SeededEntropy(`${pair.seed}/${name}/lowpan`),
      isOurs: (other) => other === short,
    });
    this.adaptation.contexts.setMeshLocal(meshLocal);
    this.address = parseIp6(`fd4b:167e:c82f:facc::${short.toString(16)}:1`);
    const rloc = parseIp6(`fd4b:167e:c82f:facc:0:ff:fe00:${short.toString(16)}`);
    const extended = Uint8Array.of(2, 0, 0, 0, 0, 0, short >> 8, short & 0xff);
    this.stack.addresses.set([
      { kind: 'link-local', address: linkLocalAddress(extended) },
      { kind: 'mesh-local', address: this.address },
      { kind: 'rloc', address: rloc },
    ]);
    this.stack.addresses.join(realmLocalAllNodes);
  }
}

/** Two nodes whose frames travel over a link that may lose, repeat and reorder them. Nothing is sent again. */
export class MeshPair {
  readonly clock = new VirtualClock();
  readonly seed: number | string;
  readonly a: MeshNode;
  readonly b: MeshNode;
  /** Frames that were sent. */
  frames = 0;
  readonly #network: VirtualNetwork;

  constructor(conditions: LinkConditions & { readonly seed?: number | string } = {}) {
    this.seed = conditions.seed ?? 1;
    this.#network = new VirtualNetwork({ delay: 4, ...conditions, clock: this.clock, seed: this.seed });
    this.a = new MeshNode(this, 'a', 0x8c00);
    this.b = new MeshNode(this, 'b', 0x6c00);
    for (const node of [this.a, this.b]) this.#open(node);
  }

  set tamper(tamper: Tamper | undefined) {
    this.#network.tamper = tamper;
  }

  carry(from: MeshNode, packet: Uint8Array): void {
    const destination = packet.subarray(ip6Offsets.destination, ip6HeaderLength);
    if (from.stack.addresses.find(destination) !== undefined) {
      return void this.clock.wakeAt(this.clock.now(), () => from.stack.receive(packet, this.clock.now(), undefined));
    }
    const other = from === this.a ? this.b : this.a;
    const to: MacAddress = isMulticast(destination) ? broadcast : shortAddress(other.short);
    const link: LinkPair = { source: shortAddress(from.short), destination: to };
    for (const payload of from.adaptation.send(packet, link, frameRoom)) {
      this.frames++;
      this.#ports.get(from)?.(payload, { key: String(other.short) });
    }
  }

  readonly #ports = new Map<MeshNode, (payload: Uint8Array, to: PeerAddress) => void>();

  #open(node: MeshNode): void {
    const port = this.#network.open(String(node.short));
    this.#ports.set(node, (payload, to) => port.send(payload, to));
    port.onDatagram((payload, from) => {
      const link = { source: shortAddress(Number(from.key)), destination: shortAddress(node.short) };
      const arrival = node.adaptation.receive(payload, link, true, this.clock.now());
      if (arrival?.kind === 'packet') node.stack.receive(arrival.packet, this.clock.now(), undefined);
    });
  }
}
