import type { Instant } from '@selvage/core';
import { Ip6Stack } from '../ip6/stack/ip6-stack.js';
import type { ThreadKeys } from '../keys/thread-keys.js';
import { Adaptation } from '../lowpan/adaptation.js';
import { Link } from '../mac/link.js';
import type { LinkEvent, LinkIndication } from '../mac/link-user.js';
import { mleHopLimit, mlePort } from '../mle/mle-datagram.js';
import type { MleArrival } from '../mle/mle-host.js';
import { MleNeighbours } from '../mle/mle-neighbours.js';
import { MlePort } from './mle-port.js';
import { MleSender } from './mle-sender.js';
import type { NodeOptions } from './node-io.js';
import { isTaken } from './node-role.js';
import type { PacketInfo } from './packet-info.js';
import { PacketSender } from './packet-sender.js';
import type { TrafficParts } from './traffic-parts.js';
import { Traffic } from './traffic.js';

/** The node around its transport: what it is, and what it does with what arrives. */
export interface TransportUser extends Omit<TrafficParts, 'link' | 'entropy' | 'adaptation' | 'sender' | 'ip'> {
  readonly now: () => Instant;
  /** A frame came, before its packet goes up. */
  readonly onFrame: (frame: LinkIndication, now: Instant) => void;
  readonly onLinkEvent: (event: LinkEvent, now: Instant) => void;
  /** A fresh MLE message came. */
  readonly onMle: (arrival: MleArrival, now: Instant) => void;
}

/** How packets come and go: radio → link → 6LoWPAN → IPv6 → UDP, with MLE beside. */
export class NodeTransport {
  readonly link: Link;
  readonly adaptation: Adaptation;
  readonly sender: PacketSender;
  readonly ip: Ip6Stack<PacketInfo>;
  readonly traffic: Traffic;
  readonly mle: MlePort;
  readonly mleSender: MleSender;
  /** Whose MLE messages are fresh. */
  readonly mleNeighbours = new MleNeighbours();

  constructor({ core, entropy, radio, identity, keys }: NodeOptions, user: TransportUser) {
    this.link = new Link({
      core,
      entropy,
      keys,
      radio,
      extended: identity.extended,
      user: {
        onFrame: (frame, now) => {
          user.onFrame(frame, now);
          this.traffic.receive(frame, now);
        },
        onSent: (id, outcome, now) => this.sender.sent(id, outcome, now),
        onEvent: user.onLinkEvent,
      },
    });
    this.adaptation = new Adaptation({ entropy, isOurs: (short) => isTaken(user.place(), short) });
    this.sender = new PacketSender(this.link, this.adaptation);
    this.ip = new Ip6Stack<PacketInfo>({ entropy, send: (packet) => this.traffic.send(packet, user.now()) });
    const { link, adaptation, sender, ip } = this;
    this.traffic = new Traffic({ ...user, link, entropy, adaptation, sender, ip });
    this.mle = new MlePort({
      core,
      keys,
      neighbours: this.mleNeighbours,
      extended: () => link.extended,
      receive: user.onMle,
    });
    this.mleSender = new MleSender(this.mle, sender);
    ip.openPort({ port: mlePort, hopLimit: mleHopLimit }).onArrival((arrival) => this.mle.take(arrival, arrival.at));
  }

  /** The keys of another network key: nobody's counters mean anything any more. */
  setKeys(keys: ThreadKeys): void {
    this.link.setKeys(keys);
    this.mle.setKeys(keys);
    this.mleNeighbours.restart();
  }
}
