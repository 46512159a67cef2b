import type { Instant } from '@selvage/core';
import { parseIp6, Ip6Endpoint, tmfPort } from '@selvage/thread';
import type { MleCommand } from '../../src/mle/mle-message.js';
import type { MleTlvs } from '../../src/mle/mle-tlvs.js';
import { MleSender } from '../../src/stack/mle-sender.js';
import type { MeshPort } from '../../src/stack/mesh-port.js';
import { PacketSender } from '../../src/stack/packet-sender.js';
import { postBytes } from '../../src/tmf/tmf-message.js';
import type { MeshNode } from './mesh-world.js';

export const allNodesOnLink = parseIp6('ff02::1');
export const allRouters = parseIp6('ff03::2');

/** A member of the network that has its keys and keeps no rule: it says what it likes, in its own name. */
export class Insider {
  readonly node: MeshNode;
  readonly #mle: MleSender;
  readonly #port: MeshPort;
  #messageId = 0;

  constructor(node: MeshNode) {
    this.node = node;
    const { mle, link, adaptation } = node.runner.node;
    this.#mle = new MleSender(mle, new PacketSender(link, adaptation));
    this.#port = node.runner.openPort();
  }

  /** An MLE message, secured as it must be. */
  say(command: MleCommand, tlvs: MleTlvs, to: Uint8Array = allNodesOnLink): void {
    this.node.runner.run((_node, now: Instant) => this.#mle.send({ command, tlvs, to: { address: to } }, now));
  }

  /** A request of the Thread Management Framework. */
  post(path: string, payload: Uint8Array, to: Uint8Array, confirmable = false): void {
    const messageId = this.#messageId++ & 0xffff;
    const token = Uint8Array.of(messageId >> 8, messageId & 0xff);
    this.#port.send(postBytes({ path, payload, confirmable, messageId, token }), new Ip6Endpoint(to, tmfPort));
  }
}
