import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { PcapngWriter, pcapngLinkTypes } from '@selvage/core';
import { type KnownShort, type ListenerKeys, prefixText, tapPacket, wiresharkProfile } from '@selvage/thread';
import type { HeardFrame } from '@selvage/thread/node';
import { unusable } from '../../dtls/files.js';
import type { Surface } from '../../terminal/surface.js';
import type { GivenKeys } from './keys.js';

const option = '--write';
const secretMode = { mode: 0o600 } as const;

/** Where frames are kept: a pcapng file, and beside it a folder with what Wireshark needs to decrypt them. */
export class CaptureFile {
  readonly path: string;
  #keys: GivenKeys;
  readonly #writer: PcapngWriter;
  readonly #close: () => void;

  /** @throws SelvageError `store-failed` where the file cannot be written. */
  constructor(surface: Surface, path: string, description: string, keys: GivenKeys) {
    this.path = path;
    this.#keys = keys;
    const [write, close] = path === '-' ? [surface.stdout.write.bind(surface.stdout), () => undefined] : fileAt(path);
    this.#close = close;
    this.#writer = new PcapngWriter(write, {
      application: 'selvage thread sniff',
      interfaces: [{ linkType: pcapngLinkTypes.ieee802154Tap, name: 'radio', description }],
    });
    this.#writeProfile([]);
  }

  /** The folder with keys in it; undefined where there is none. */
  get profile(): string | undefined {
    const { networkKeys, joinerKeys } = this.#keys;
    return this.path === '-' || networkKeys.length + joinerKeys.length === 0 ? undefined : `${this.path}.wireshark`;
  }

  add({ psdu, channel, rssi }: HeardFrame, wallTime: number, comment: string): void {
    this.#writer.packet(tapPacket({ psdu, channel, rssi }), wallTime, comment === '' ? undefined : comment);
  }

  /** There are these keys, too. @param shorts who had which short address so far */
  learn({ networkKeys, joinerKeys = [] }: ListenerKeys, shorts: readonly KnownShort[]): void {
    const before = this.#keys;
    this.#keys = {
      ...before,
      networkKeys: [...before.networkKeys, ...networkKeys],
      joinerKeys: [...before.joinerKeys, ...joinerKeys],
    };
    this.#writeProfile(shorts);
  }

  /** Who had which short address is known at the end only. */
  close(shorts: readonly KnownShort[]): void {
    this.#close();
    this.#writeProfile(shorts);
  }

  #writeProfile(shorts: readonly KnownShort[]): void {
    const { profile } = this;
    if (profile === undefined) return;
    const { meshLocalPrefix, ...keys } = this.#keys;
    const prefix = meshLocalPrefix && prefixText(meshLocalPrefix);
    try {
      mkdirSync(profile, { recursive: true, mode: 0o700 });
      for (const { name, text } of wiresharkProfile({ ...keys, shorts, meshLocalPrefix: prefix })) {
        writeFileSync(join(profile, name), text, secretMode);
      }
    } catch (cause) {
      throw unusable(option, profile, 'written', cause);
    }
  }
}

function fileAt(path: string): [write: (bytes: Uint8Array) => void, close: () => void] {
  try {
    const file = openSync(path, 'w');
    return [(bytes) => void writeSync(file, bytes), () => closeSync(file)];
  } catch (cause) {
    throw unusable(option, path, 'written', cause);
  }
}
