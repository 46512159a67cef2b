import { type Engine, type Entropy, type Instant, toHex } from '@selvage/core';
import type { CryptoCore } from '@selvage/crypto';
import { immediateAcknowledgement, turnaround } from '../mac/acknowledgement.js';
import { broadcastShort } from '../mac/address.js';
import type { LinkOutput } from '../mac/link-engine.js';
import type { RadioCapabilities, RadioEvent, ReceivedFrame } from '../radio/radio.js';
import { type DiscoveryAnswer, DiscoveryCodec } from './discovery-codec.js';

/** A router that answered, and what it says of its network. */
export interface FoundNetwork {
  readonly channel: number;
  readonly panId: number;
  readonly extended: Uint8Array;
  readonly name: string;
  readonly extendedPanId: Uint8Array | undefined;
  readonly version: number | undefined;
  /** dBm. */
  readonly rssi: number;
  /** Who may join; undefined where nobody is expected. */
  readonly steeringData: Uint8Array | undefined;
  /** Where joiners knock. */
  readonly joinerPort: number | undefined;
}

/** What a scan wants done, and tells. */
export type ScanOutput =
  | { readonly kind: 'radio'; readonly output: LinkOutput }
  | { readonly kind: 'channel'; readonly channel: number }
  | { readonly kind: 'found'; readonly network: FoundNetwork }
  | { readonly kind: 'done' }
  | { readonly kind: 'failed'; readonly reason: string };

/** How a scan is made. */
export interface ScanOptions {
  readonly core: CryptoCore;
  readonly entropy: Entropy;
  readonly radio: RadioCapabilities;
  readonly channels: readonly number[];
  /** On each channel, milliseconds; 300 by default, as OpenThread has it. */
  readonly dwell?: number;
}

const usualDwell = 300;
const randomLength = 11;
/** The radio's transmissions have numbers: those of acknowledgements are these. */
const acknowledgementId = 0x1_0000;

/** Looks for networks channel by channel (Thread 1.3 §4.4.4 Discovery). It is nobody's neighbour and needs no key. */
export class DiscoveryScan implements Engine<RadioEvent, ScanOutput> {
  readonly #codec: DiscoveryCodec;
  readonly #capabilities: RadioCapabilities;
  readonly #dwell: number;
  readonly #channels: number[];
  readonly #outputs: ScanOutput[] = [];
  readonly #found = new Set<string>();
  readonly #panId: number;
  #sequence: number;
  #channel = 0;
  #until: Instant | undefined;

  constructor(options: ScanOptions, now: Instant) {
    const { core, entropy, radio, channels, dwell = usualDwell } = options;
    const random = new Uint8Array(randomLength);
    entropy.fill(random);
    const extended = random.slice(0, 8);
    extended[0] = ((extended[0] as number) & 0xfc) | 0x02;
    this.#panId = (((random[8] as number) << 8) | (random[9] as number)) & 0xfff0;
    this.#sequence = random[10] as number;
    this.#capabilities = radio;
    this.#dwell = dwell;
    this.#channels = [...channels];
    this.#codec = new DiscoveryCodec(core, entropy, extended);
    const identity = { panId: this.#panId, short: undefined, extended, pendingShort: [], pendingExtended: [] };
    if (radio.acknowledges) this.#radio({ kind: 'configure', identity });
    this.#until = now;
  }

  get deadline(): Instant | undefined {
    return this.#until;
  }

  handle(event: RadioEvent, now: Instant): void {
    if (event.kind === 'received' && this.#until !== undefined) this.#take(event.frame, now);
    if (event.kind !== 'failed') return;
    this.#until = undefined;
    this.#outputs.push({ kind: 'failed', reason: event.reason });
  }

  poll(now: Instant): ScanOutput | undefined {
    if (this.#until !== undefined && now >= this.#until) this.#next(now);
    return this.#outputs.shift();
  }

  #next(now: Instant): void {
    const channel = this.#channels.shift();
    if (channel === undefined) {
      this.#until = undefined;
      this.#radio({ kind: 'sleep' });
      this.#outputs.push({ kind: 'done' });
      return;
    }
    this.#channel = channel;
    this.#until = now + this.#dwell;
    this.#outputs.push({ kind: 'channel', channel });
    this.#radio({ kind: 'listen', channel });
    this.#sequence = (this.#sequence + 1) & 0xff;
    const psdu = this.#codec.request(this.#sequence, this.#panId);
    const { sharesChannel: assess } = this.#capabilities;
    const transmission = { id: this.#sequence, psdu, channel, assess, backOffs: 4, repetitions: 0 };
    this.#radio({ kind: 'transmit', transmission });
  }

  #take(received: ReceivedFrame, now: Instant): void {
    const frame = this.#codec.read(received.psdu);
    if (frame === undefined || received.channel !== this.#channel) return;
    const wanted = this.#capabilities.acknowledges ? undefined : this.#codec.acknowledges(frame);
    if (wanted !== undefined) this.#acknowledge(wanted, received);
    const answer = this.#codec.answer(received.psdu, frame, now);
    if (answer !== undefined) this.#tell(answer, received);
  }

  #acknowledge(sequence: number, { channel, at }: ReceivedFrame): void {
    const psdu = immediateAcknowledgement(sequence, false);
    const transmission = { id: acknowledgementId, psdu, channel, assess: false, notBefore: at + turnaround };
    this.#radio({ kind: 'transmit', transmission });
  }

  #tell({ message, panId, extended }: DiscoveryAnswer, { channel, rssi }: ReceivedFrame): void {
    const name = `${panId} ${toHex(extended)}`;
    if (panId === broadcastShort || this.#found.has(name)) return;
    this.#found.add(name);
    const tlvs = message.tlvs.flatMap((tlv) => (tlv.type === 'discovery' ? tlv.value : []));
    const network: { -readonly [K in keyof FoundNetwork]: FoundNetwork[K] } = {
      channel,
      panId,
      extended,
      name: '',
      extendedPanId: undefined,
      version: undefined,
      rssi,
      steeringData: undefined,
      joinerPort: undefined,
    };
    for (const tlv of tlvs) {
      if (tlv.type === 'networkName') network.name = textOf(tlv.value);
      if (tlv.type === 'extendedPanId') network.extendedPanId = Uint8Array.from(tlv.value);
      if (tlv.type === 'discoveryResponse') network.version = tlv.value.version;
      if (tlv.type === 'steeringData') network.steeringData = Uint8Array.from(tlv.value);
      if (tlv.type === 'joinerUdpPort') network.joinerPort = tlv.value;
    }
    this.#outputs.push({ kind: 'found', network });
  }

  #radio(output: LinkOutput): void {
    this.#outputs.push({ kind: 'radio', output });
  }
}

/** Anybody may answer, with whatever bytes: nothing of them moves a terminal. */
function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes).replaceAll(/\p{C}/gu, '\ufffd');
}
