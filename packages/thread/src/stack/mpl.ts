import { decode, encode, FormatError, type Instant, toHex } from '@selvage/core';
import { extensionOptions } from '../ip6/header/option.js';
import { ip6HeaderLength, ip6Offsets } from '../ip6/header/ip6-header.js';
import type { MplOption } from '../ip6/header/mpl-option.js';
import { nextHeaders } from '../ip6/header/next-header.js';
import { locatorOf } from '../ip6/address/thread-address.js';

const unit = 8;
const headLength = 2;
/** How long a message is remembered, milliseconds, and how many are. */
const [memory, mostRemembered] = [5000, 64] as const;

/**
 * A multicast within the realm gets the option that numbers it, so that it is forwarded once (RFC 7731; Thread 1.3
 * §5.5). The seed is left out where the source is our locator.
 */
export function withMpl(packet: Uint8Array, sequence: number, rloc16: number): Uint8Array {
  const source = packet.subarray(ip6Offsets.source, ip6Offsets.destination);
  const isLocator = locatorOf(source)?.locator === rloc16;
  const seed = isLocator ? new Uint8Array(0) : Uint8Array.of(rloc16 >> 8, rloc16 & 0xff);
  const value: MplOption = { isNewest: false, sequence, seed, reserved: 0 };
  const padding = isLocator ? [{ type: 'padding', value: new Uint8Array(0) } as const] : [];
  const options = encode(extensionOptions, [{ type: 'mpl', value }, ...padding]);
  const out = new Uint8Array(packet.length + unit);
  out.set(packet.subarray(0, ip6HeaderLength));
  out[ip6Offsets.nextHeader] = nextHeaders.hopByHop;
  const length = packet.length - ip6HeaderLength + unit;
  out[ip6Offsets.payloadLength] = length >> 8;
  out[ip6Offsets.payloadLength + 1] = length & 0xff;
  out[ip6HeaderLength] = packet[ip6Offsets.nextHeader] as number;
  out.set(options, ip6HeaderLength + headLength);
  out.set(packet.subarray(ip6HeaderLength), ip6HeaderLength + unit);
  return out;
}

/** Who numbered a packet, and how; `undefined` for one without the option. */
export function mplOf(packet: Uint8Array): { readonly seed: string; readonly sequence: number } | undefined {
  if (packet[ip6Offsets.nextHeader] !== nextHeaders.hopByHop || packet.length < ip6HeaderLength + unit)
    return undefined;
  const end = ip6HeaderLength + unit * ((packet[ip6HeaderLength + 1] as number) + 1);
  try {
    const options = decode(extensionOptions, packet.subarray(ip6HeaderLength + headLength, end));
    const mpl = options.find((option) => option.type === 'mpl');
    if (mpl === undefined) return undefined;
    const { seed, sequence } = mpl.value;
    const source = packet.subarray(ip6Offsets.source, ip6Offsets.destination);
    return { seed: toHex(seed.length > 0 ? seed : source.subarray(14)), sequence };
  } catch (error) {
    if (error instanceof FormatError) return undefined;
    throw error;
  }
}

/** What was seen of numbered multicasts. */
export class MplMemory {
  readonly #seen = new Map<string, Instant>();

  /** Whether a message is new; from now on it is not. */
  isNew({ seed, sequence }: { readonly seed: string; readonly sequence: number }, now: Instant): boolean {
    for (const [name, at] of this.#seen) if (now - at >= memory) this.#seen.delete(name);
    const name = `${seed}/${sequence}`;
    if (this.#seen.has(name)) return false;
    const [oldest] = this.#seen.keys();
    if (this.#seen.size >= mostRemembered && oldest !== undefined) this.#seen.delete(oldest);
    this.#seen.set(name, now);
    return true;
  }
}
