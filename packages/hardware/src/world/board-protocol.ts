/**
 * What firmware and board say to each other over their channel, beside what the vault is asked (service 1). Requests of
 * the firmware: `facts` () → CBOR; `open` (name) → port; those of an update. Notices of the
 * firmware: `datagram`, `close`, `show`, `log`. The board asks `stop` and `alive`, and tells of `datagram` and `input`.
 */
import {
  type Codec,
  FormatError,
  list,
  mapped,
  opaque,
  remaining,
  strictUtf8,
  struct,
  u16,
  u32,
  u8,
} from '@selvage/core';
import { parseUdpAddress, type UdpAddress } from '@selvage/core/node';

/** The services of the channel between firmware and board. */
export const services = { vault: 1, board: 2 } as const;

/** Operations of the board's service, and of the firmware's. */
export const operations = {
  facts: 1,
  open: 2,
  updateStatus: 4,
  updateBegin: 5,
  updateWrite: 6,
  updateFinish: 7,
  updateInstall: 8,
  updateCancel: 9,
  updateClean: 10,
  updateConfirm: 11,
  updateReject: 12,
  datagram: 16,
  close: 17,
  show: 18,
  log: 19,
  input: 32,
  stop: 33,
  alive: 34,
} as const;

/** Bytes of the longest name and of the longest address in text: an IPv6 address with a zone, and a port. */
const [longestName, longestAddress] = [64, 96];

const encoder = new TextEncoder();

const name: Codec<string> = mapped(opaque(u8, { min: 1, max: longestName }), strictUtf8, (text) =>
  encoder.encode(text),
);

const address: Codec<UdpAddress> = mapped(
  opaque(u8, { min: 1, max: longestAddress }),
  (bytes) => addressOf(strictUtf8(bytes)),
  ({ key }) => encoder.encode(key),
);

/** One text an address: those in other words are refused. */
function addressOf(text: string): UdpAddress {
  try {
    const address = parseUdpAddress(text);
    if (address.key === text) return address;
  } catch {
    // It is none.
  }
  throw new FormatError('invalid-value', 'it is no address of UDP in canonical text');
}

/** One datagram: on the way out `peer` is whom it is for, on the way in whom it is from. */
export const datagram = struct({ port: u8, peer: address, payload: remaining });

/** A port that was opened. */
export const openedPort = struct({ port: u8, maximumPayload: u16, locals: list(u16, address) });

/** The name of a port. */
export const portName = struct({ name });

/** A port that is not needed any more. */
export const closedPort = struct({ port: u8 });

/** Something for a peripheral, or from one; the value is CBOR. */
export const peripheralValue = struct({ name, value: remaining });

/** A line of the log. */
export const logLine = mapped(remaining, strictUtf8, (text) => encoder.encode(text));

export const updateSize = struct({ size: u32 });
export const updatePart = struct({ offset: u32, bytes: remaining });
