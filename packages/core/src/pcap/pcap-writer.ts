import { concat } from '../bytes/concat.js';
import { constant } from '../codec/constant.js';
import { enumeration } from '../codec/enumeration.js';
import { u16, u32 } from '../codec/numbers.js';
import { bytes } from '../codec/raw.js';
import { encode } from '../codec/run.js';
import { struct } from '../codec/struct.js';
import { type UdpDatagram, udpPacket } from './udp-packet.js';

/** LINKTYPE_ETHERNET and LINKTYPE_RAW of draft-ietf-opsawg-pcaplinktype: with an Ethernet header, or IP alone. */
const linkType = enumeration(u32, { ethernet: 1, raw: 101 });

/** What a frame in the file starts with. */
export type PcapLinkType = 'ethernet' | 'raw';

const magic = 0xa1b2_c3d4;
/** The longest packet that IP can carry, with an Ethernet header. */
const snapLength = 65_535 + 40 + 14;

/**
 * The head of a file, draft-ietf-opsawg-pcap §4, in the byte order of the network: readers take either order by the
 * magic number, whose value says that times are in microseconds.
 */
const fileHeader = struct({
  magic: constant(u32, magic),
  majorVersion: constant(u16, 2),
  minorVersion: constant(u16, 4),
  reserved: constant(u32, 0),
  reservedToo: constant(u32, 0),
  snapLength: u32,
  linkType,
});

/** The head of a packet, draft-ietf-opsawg-pcap §5. */
const packetHeader = struct({ seconds: u32, microseconds: u32, capturedLength: u32, originalLength: u32 });

/** Ethernet II, with addresses that are locally administered, since there is no hardware. */
const ethernetHeader = struct({ destination: bytes(6), source: bytes(6), etherType: u16 });
const etherTypes = { 4: 0x0800, 6: 0x86dd } as const;
const noHardware = Uint8Array.of(2, 0, 0, 0, 0, 0);

/** Writes datagrams as a libpcap file, which Wireshark opens; the bytes go to `write` as they come about. */
export class PcapWriter {
  readonly #write: (bytes: Uint8Array) => void;
  readonly #linkType: PcapLinkType;

  /** Writes the file's head at once. */
  constructor(write: (bytes: Uint8Array) => void, options: { readonly linkType?: PcapLinkType } = {}) {
    this.#write = write;
    this.#linkType = options.linkType ?? 'raw';
    const versions = { majorVersion: 2, minorVersion: 4, reserved: 0, reservedToo: 0 } as const;
    write(encode(fileHeader, { magic, ...versions, snapLength, linkType: this.#linkType }));
  }

  /**
   * Writes one datagram. `wallTime` is in milliseconds since 1970.
   * @throws SelvageError as {@link udpPacket}.
   */
  datagram(datagram: UdpDatagram, wallTime: number): void {
    const frame = this.#framed(udpPacket(datagram));
    const seconds = Math.floor(wallTime / 1000);
    const microseconds = Math.floor((wallTime - seconds * 1000) * 1000);
    const header = { seconds, microseconds, capturedLength: frame.length, originalLength: frame.length };
    this.#write(concat(encode(packetHeader, header), frame));
  }

  #framed(packet: Uint8Array): Uint8Array {
    if (this.#linkType === 'raw') return packet;
    const etherType = etherTypes[(packet[0] as number) >>> 4 === 4 ? 4 : 6];
    return concat(encode(ethernetHeader, { destination: noHardware, source: noHardware, etherType }), packet);
  }
}
