import type { Instant } from '@selvage/core';
import { type MeshFrame, meshFrameOf } from '../forward/mesh-frame.js';
import { relayEnd, relayStep } from '../forward/mesh-relay.js';
import { RelayedDatagrams } from '../forward/relayed-datagrams.js';
import type { Ip6Prefix } from '../ip6/address/prefix.js';
import { locatorAddress } from '../ip6/address/thread-address.js';
import { unreachableCodes } from '../ip6/header/icmp6.js';
import type { Ip6Stack } from '../ip6/stack/ip6-stack.js';
import type { Adaptation } from '../lowpan/adaptation.js';
import { shortAddress } from '../mac/address.js';
import type { LinkIndication, SendOutcome } from '../mac/link-user.js';
import { pathToShort } from './link-paths.js';
import { isTaken } from './node-role.js';
import type { PacketInfo } from './packet-info.js';
import type { PacketSender } from './packet-sender.js';
import type { Place } from './place.js';

/** What a {@link FrameRelay} works with. */
export interface FrameRelayParts {
  readonly adaptation: Adaptation;
  readonly sender: PacketSender;
  readonly ip: Ip6Stack<PacketInfo>;
  readonly meshLocal: () => Ip6Prefix;
  readonly counters: { forwarded: number; unprotected: number; unroutable: number };
  /** A frame to a neighbour went out, or did not. */
  readonly sent: (short: number, outcome: SendOutcome, now: Instant) => void;
  /** Whether a child of ours took none of the last frames. */
  readonly isGone: (short: number) => boolean;
}

const drop = { kind: 'drop' } as const;

/** Frames with a mesh header on their way through a router: byte for byte, with one hop less (RFC 4944 §11). */
export class FrameRelay {
  readonly #parts: FrameRelayParts;
  readonly #datagrams: RelayedDatagrams;

  constructor(parts: FrameRelayParts) {
    this.#parts = parts;
    this.#datagrams = new RelayedDatagrams((id) => parts.sender.withdraw(id));
  }

  /** Sends on a frame; false for one that ends here. */
  take(frame: LinkIndication, place: Place, isTrusted: boolean, now: Instant): boolean {
    const { payload, source } = frame;
    const mesh = meshFrameOf(payload);
    if (mesh === undefined || isTaken(place, mesh.destination)) return false;
    const { counters, sender, sent, isGone } = this.#parts;
    if (!isTrusted) {
      counters.unprotected++;
      return true;
    }
    const from = source.kind === 'short' ? source.short : frame.neighbour?.short;
    const step = place.kind === 'router' ? relayStep(payload, mesh, place.routes, from, now) : drop;
    if (step.kind !== 'forward') {
      counters.unroutable++;
      if (step.kind === 'unreachable') this.#refuse(payload.subarray(mesh.length), mesh, now);
      return true;
    }
    const datagram = this.#datagrams.nameOf(payload, mesh);
    if (datagram !== undefined && this.#datagrams.isLost(datagram, now)) return true;
    counters.forwarded++;
    const { nextHop } = step;
    // A child that takes nothing may have another parent by now: whoever sends there is to ask again.
    if (isGone(nextHop)) this.#refuse(payload.subarray(mesh.length), mesh, now);
    const request = { ...pathToShort(nextHop), payload, notAfter: relayEnd(now) };
    const id = sender.sendFrame(request, now, (outcome, at) => {
      sent(nextHop, outcome, at);
      if (datagram !== undefined) this.#datagrams.sent(datagram, id, outcome === 'sent', at);
    });
    if (datagram !== undefined) this.#datagrams.waits(datagram, id, now);
    return true;
  }

  /** Tells whoever sent a frame that there is no way; of a datagram in fragments once. */
  #refuse(rest: Uint8Array, mesh: MeshFrame, now: Instant): void {
    const { adaptation, meshLocal, ip } = this.#parts;
    const link = { source: shortAddress(mesh.source), destination: shortAddress(mesh.destination) };
    const head = adaptation.headOf(rest, link);
    if (head === undefined) return;
    ip.sendUnreachable(head, unreachableCodes.noRoute, now, locatorAddress(meshLocal(), mesh.source));
  }
}
