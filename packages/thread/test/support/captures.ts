import { readFileSync, readdirSync } from 'node:fs';
import { fromHex } from '@selvage/core';

/** A frame that was seen on the ether. */
export interface CapturedFrame {
  readonly milliseconds: number;
  readonly node: number;
  readonly channel: number;
  readonly psdu: Uint8Array;
}

/** One of the captures in `test/vectors/captures`, with the keys that its nodes logged. */
export interface Capture {
  readonly name: string;
  readonly source: string;
  readonly meshLocalPrefix: string;
  readonly networkKeys: readonly Uint8Array[];
  readonly keks: readonly Uint8Array[];
  /** By node, the extended addresses that it had. */
  readonly extendedAddresses: ReadonlyMap<number, readonly Uint8Array[]>;
  readonly frames: readonly CapturedFrame[];
}

interface CaptureFile {
  readonly source: string;
  readonly meshLocalPrefix: string;
  readonly networkKeys: readonly string[];
  readonly keks: readonly string[];
  readonly extendedAddresses: Readonly<Record<string, readonly string[]>>;
  readonly frames: readonly (readonly [number, number, number, string])[];
}

const captureFolder = new URL('../vectors/captures/', import.meta.url);
const meshFolder = new URL('../vectors/meshes/', import.meta.url);

/** All captures of OpenThread's nodes, in order. */
export function captures(): Capture[] {
  return capturesIn(captureFolder);
}

/** All captures of meshes that tests of interop left (`record-mesh.ts`), in order. */
export function meshCaptures(): Capture[] {
  return capturesIn(meshFolder);
}

function capturesIn(folder: URL): Capture[] {
  return readdirSync(folder)
    .sort()
    .map((file) => readCapture(file, folder));
}

function readCapture(file: string, folder: URL): Capture {
  const raw = JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as CaptureFile;
  return {
    name: file.replace('.json', ''),
    source: raw.source,
    meshLocalPrefix: raw.meshLocalPrefix,
    networkKeys: raw.networkKeys.map(fromHex),
    keks: raw.keks.map(fromHex),
    extendedAddresses: new Map(
      Object.entries(raw.extendedAddresses).map(([node, addresses]) => [Number(node), addresses.map(fromHex)]),
    ),
    frames: raw.frames.map(([milliseconds, node, channel, psdu]) => ({
      milliseconds,
      node,
      channel,
      psdu: fromHex(psdu),
    })),
  };
}
