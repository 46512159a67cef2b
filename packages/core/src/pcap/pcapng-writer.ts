import { ByteWriter } from '../bytes/writer.js';

/** LINKTYPE values of draft-ietf-opsawg-pcaplinktype that this writes. */
export const pcapngLinkTypes = {
  /** IEEE 802.15.4 with its frame check sequence. */
  ieee802154: 195,
  /** The same behind a head of TLVs that says channel, strength and what check sequence there is. */
  ieee802154Tap: 283,
} as const;

/** Where the packets of a file were seen. */
export interface PcapngInterface {
  readonly linkType: number;
  readonly name?: string | undefined;
  readonly description?: string | undefined;
}

/** What a file says of itself. */
export interface PcapngOptions {
  /** The program that writes it. */
  readonly application?: string | undefined;
  readonly comment?: string | undefined;
  readonly interfaces: readonly PcapngInterface[];
}

const blocks = { section: 0x0a0d_0d0a, interface: 1, enhancedPacket: 6 } as const;
const byteOrderMagic = 0x1a2b_3c4d;
/** Options of any block, of a section, of an interface. */
const options = { end: 0, comment: 1, application: 4, name: 2, description: 3 } as const;
const snapLength = 65_535;
const boundary = 4;

type TextOption = readonly [code: number, text: string | undefined];

/**
 * Writes packets as a pcapng file (draft-ietf-opsawg-pcapng), in the byte order of the network; times are in
 * microseconds. The bytes go to `write` as they come about, whole blocks at a time: a file that ends early can be read.
 */
export class PcapngWriter {
  readonly #write: (bytes: Uint8Array) => void;

  /** Writes the head of the section and its interfaces at once. */
  constructor(write: (bytes: Uint8Array) => void, { application, comment, interfaces }: PcapngOptions) {
    this.#write = write;
    write(sectionBlock(application, comment));
    for (const one of interfaces) write(interfaceBlock(one));
  }

  /**
   * Writes one packet. `wallTime` is in milliseconds since 1970, `interfaceIndex` counts from 0.
   * @param comment is shown above the packet
   */
  packet(data: Uint8Array, wallTime: number, comment?: string, interfaceIndex = 0): void {
    const microseconds = Math.floor(wallTime * 1000);
    this.#write(
      block(blocks.enhancedPacket, (writer) => {
        writer.u32(interfaceIndex);
        writer.u32(Math.floor(microseconds / 2 ** 32));
        writer.u32(microseconds % 2 ** 32);
        writer.u32(data.length);
        writer.u32(data.length);
        padded(writer, data);
        writeOptions(writer, [[options.comment, comment]]);
      }),
    );
  }
}

function sectionBlock(application: string | undefined, comment: string | undefined): Uint8Array {
  return block(blocks.section, (writer) => {
    writer.u32(byteOrderMagic);
    writer.u16(1);
    writer.u16(0);
    // How long the section is is not known: all bits are set.
    writer.u32(0xffff_ffff);
    writer.u32(0xffff_ffff);
    writeOptions(writer, [
      [options.comment, comment],
      [options.application, application],
    ]);
  });
}

function interfaceBlock({ linkType, name, description }: PcapngInterface): Uint8Array {
  return block(blocks.interface, (writer) => {
    writer.u16(linkType);
    writer.u16(0);
    writer.u32(snapLength);
    writeOptions(writer, [
      [options.name, name],
      [options.description, description],
    ]);
  });
}

/** Type and length stand before the body, the length behind it once more (§3.1). */
function block(type: number, body: (writer: ByteWriter) => void): Uint8Array {
  const writer = new ByteWriter();
  writer.u32(type);
  const at = writer.reserve(4);
  body(writer);
  const length = writer.length + 4;
  writer.patch(at, length, 4);
  writer.u32(length);
  return writer.take();
}

function writeOptions(writer: ByteWriter, texts: readonly TextOption[]): void {
  const given = texts.filter(([, text]) => text !== undefined);
  if (given.length === 0) return;
  for (const [code, text] of given) {
    const value = new TextEncoder().encode(text);
    writer.u16(code);
    writer.u16(value.length);
    padded(writer, value);
  }
  writer.u32(options.end);
}

function padded(writer: ByteWriter, bytes: Uint8Array): void {
  writer.bytes(bytes);
  writer.bytes(new Uint8Array((boundary - (bytes.length % boundary)) % boundary));
}
