import type { Instant } from '@selvage/core';
import { linkLocalAllRouters } from '../../ip6/address/classes.js';
import { broadcastPan } from '../../mac/address.js';
import { foreignText } from '../../meshcop/tlv/foreign-text.js';
import type { MleArrival, MleHost } from '../mle-host.js';
import { threadVersion } from '../thread-version.js';
import { discoveryTlvs } from '../tlv/discovery.js';

/** A network that answered. */
export interface DiscoveredNetwork {
  readonly name: string;
  /** 8 bytes. */
  readonly extendedPanId: Uint8Array;
  readonly panId: number;
  readonly channel: number;
  /** Who answered, 8 bytes. */
  readonly extended: Uint8Array;
  readonly version: number;
  readonly nativeCommissioner: boolean;
  /** Who may join, where joining is on. */
  readonly steeringData: Uint8Array | undefined;
  readonly joinerUdpPort: number | undefined;
  /** dBm. */
  readonly rssi: number;
}

/** What a discovery tells. */
export interface DiscoveryNews {
  asking(channel: number): void;
  found(network: DiscoveredNetwork): void;
}

/** How long answers of one channel are waited for, milliseconds (OpenThread's). */
const wait = 300;
/**
 * The wait goes in pieces, milliseconds: a host that is slow looks a little late at the end of each, and counts the piece
 * alone. One that looks so late was held up, and so were answers: it waits anew, so often at most.
 */
const [piece, lateness, mostWaits] = [50, 20, 5] as const;
/**
 * A joiner asks a channel once more where nobody answered by then, milliseconds: nobody repeats what everybody is asked,
 * and where many join at once it is lost often.
 */
const again = 100;

/** Asks channel after channel which networks are there (Thread 1.3 §8.4.4). */
export class Discovery {
  readonly #host: MleHost;
  readonly #channels: number[];
  readonly #news: DiscoveryNews;
  readonly #home: number;
  readonly #joiner: boolean;
  #until: Instant = -Infinity;
  /** Milliseconds of the wait beyond that. */
  #remaining = 0;
  #waits = 0;
  /** When the channel is asked once more. */
  #againAt: Instant = Infinity;
  #isOver = false;

  /** @param joiner asks as one that would join: networks that do not admit it need not answer. */
  constructor(host: MleHost, channels: readonly number[], joiner: boolean, news: DiscoveryNews) {
    this.#host = host;
    this.#channels = [...channels];
    this.#joiner = joiner;
    this.#news = news;
    this.#home = host.link.channel;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  get deadline(): Instant {
    return this.#isOver ? Infinity : Math.min(this.#until, this.#againAt);
  }

  /** Enough was found. */
  stop(): void {
    this.#channels.length = 0;
    this.#until = -Infinity;
    this.#remaining = 0;
    this.#againAt = Infinity;
  }

  /** The next channel, when the time of this one is over. */
  tick(now: Instant): void {
    if (this.#isOver) return;
    if (now >= this.#againAt) this.#ask(now);
    if (now < this.#until || this.#waitsOn(now)) return;
    const channel = this.#channels.shift();
    const { link } = this.#host;
    if (channel === undefined) {
      this.#isOver = true;
      link.setReceiveOn(false);
      return link.setChannel(this.#home);
    }
    link.setChannel(channel);
    link.setReceiveOn(true);
    this.#news.asking(channel);
    this.#begin(now);
    this.#waits = 1;
    this.#ask(now);
    if (this.#joiner) this.#againAt = now + again;
  }

  #ask(now: Instant): void {
    this.#againAt = Infinity;
    const value = { version: threadVersion, joiner: this.#joiner, reserved: 0 };
    const destination = { address: linkLocalAllRouters, discovery: { panId: broadcastPan } };
    this.#host.send('discoveryRequest', { discovery: [{ type: 'discoveryRequest', value }] }, destination, now);
  }

  #begin(now: Instant): void {
    this.#until = now + piece;
    this.#remaining = wait - piece;
  }

  #waitsOn(now: Instant): boolean {
    if (this.#until === -Infinity) return false;
    if (now - this.#until >= lateness && this.#waits < mostWaits) {
      this.#begin(now);
      this.#waits++;
      return true;
    }
    if (this.#remaining <= 0) return false;
    this.#until = now + piece;
    this.#remaining -= piece;
    return true;
  }

  /** An answer. */
  receive({ command, tlvs, extended, panId, channel, rssi }: MleArrival): void {
    if (this.#isOver || command !== 'discoveryResponse' || tlvs.discovery === undefined) return;
    this.#againAt = Infinity;
    const entries = tlvs.discovery;
    const response = discoveryTlvs.first(entries, 'discoveryResponse');
    const extendedPanId = discoveryTlvs.first(entries, 'extendedPanId');
    const name = discoveryTlvs.first(entries, 'networkName');
    if (response === undefined || extendedPanId === undefined || name === undefined) return;
    this.#news.found({
      // It comes from anybody in range.
      name: foreignText(name),
      extendedPanId,
      panId,
      channel,
      extended,
      version: response.version,
      nativeCommissioner: response.nativeCommissioner,
      steeringData: discoveryTlvs.first(entries, 'steeringData'),
      joinerUdpPort: discoveryTlvs.first(entries, 'joinerUdpPort'),
      rssi,
    });
  }
}
