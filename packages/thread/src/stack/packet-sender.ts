import type { Instant } from '@selvage/core';
import type { Adaptation } from '../lowpan/adaptation.js';
import type { MeshHeader } from '../lowpan/mesh-header.js';
import type { MacAddress } from '../mac/address.js';
import type { LinkRequest, SendProtection } from '../mac/link-request.js';
import type { LinkService } from '../mac/link-service.js';
import type { SendOutcome } from '../mac/link-user.js';
import { payloadRoom } from '../mac/room.js';

/** How a packet goes over the link. */
export interface LinkPath {
  readonly destination: MacAddress;
  /** Which of our addresses the frames name. */
  readonly source: MacAddress['kind'];
  readonly protection: SendProtection;
  readonly destinationPan?: number | undefined;
  readonly mesh?: MeshHeader | undefined;
  /** At once, although the receiver is a sleepy child. */
  readonly direct?: boolean;
  /** Where it is sent, if not on the link's own channel. */
  readonly channel?: number | undefined;
  /** Neither begun nor repeated from then on. */
  readonly until?: Instant | undefined;
  /** How often each frame may be sent again where it is not acknowledged; 15 by default. */
  readonly repetitions?: number | undefined;
}

/** Told once: what became of a packet. */
export type PacketDone = (outcome: SendOutcome, now: Instant) => void;

interface Sending {
  readonly frames: Set<number>;
  readonly done: PacketDone | undefined;
}

/** Packets down to the link: as one frame or in fragments, of which one that fails ends the rest. */
export class PacketSender {
  readonly #link: LinkService;
  readonly #adaptation: Adaptation;
  readonly #sending = new Map<number, Sending>();

  constructor(link: LinkService, adaptation: Adaptation) {
    this.#link = link;
    this.#adaptation = adaptation;
  }

  /** @throws SelvageError `invalid-value` for what is no packet of at most 1280 bytes */
  send(packet: Uint8Array, path: LinkPath, now: Instant, done?: PacketDone): void {
    const { destination, source, mesh } = path;
    const link = { source: this.#sourceOf(source), destination };
    const payloads = this.#adaptation.send(packet, link, payloadRoom(path), mesh);
    const sending: Sending = { frames: new Set(), done };
    for (const [i, payload] of payloads.entries()) {
      const protection = protectionOf(path.protection, i);
      const id = this.#link.send({ ...path, protection, payload, more: i + 1 < payloads.length }, now);
      sending.frames.add(id);
      this.#sending.set(id, sending);
    }
  }

  /** Sends one frame as it is. Returns by what it can be withdrawn. */
  sendFrame(request: LinkRequest, now: Instant, done: PacketDone): number {
    const id = this.#link.send(request, now);
    this.#sending.set(id, { frames: new Set([id]), done });
    return id;
  }

  /** Takes back a frame that was not sent yet; its outcome is `dropped`. */
  withdraw(id: number): void {
    this.#link.withdraw(id);
  }

  /** Whether a packet fits one frame on this path. */
  fits(packet: Uint8Array, path: LinkPath): boolean {
    const link = { source: this.#sourceOf(path.source), destination: path.destination };
    return this.#adaptation.send(packet, link, payloadRoom(path), path.mesh).length === 1;
  }

  /** A frame of an empty packet: it only says that we are there. */
  sendEmpty(path: LinkPath, now: Instant): void {
    this.#link.send({ ...path, payload: new Uint8Array(0) }, now);
  }

  /** The link tells the outcome of a frame. */
  sent(id: number, outcome: SendOutcome, now: Instant): void {
    const sending = this.#sending.get(id);
    if (sending === undefined) return;
    this.#sending.delete(id);
    sending.frames.delete(id);
    if (outcome === 'sent' && sending.frames.size > 0) return;
    for (const other of sending.frames) {
      this.#sending.delete(other);
      this.#link.withdraw(other);
    }
    sending.done?.(outcome, now);
  }

  #sourceOf(kind: MacAddress['kind']): MacAddress {
    const { extended, short } = this.#link;
    return kind === 'short' && short !== undefined ? { kind, short } : { kind: 'extended', extended };
  }
}

/** Each fragment under a given key has a counter of its own. */
function protectionOf(protection: SendProtection, fragment: number): SendProtection {
  if (protection.kind !== 'given') return protection;
  return { ...protection, frameCounter: protection.frameCounter + fragment };
}
