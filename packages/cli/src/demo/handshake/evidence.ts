import { mkdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { PcapWriter, SelvageError } from '@selvage/core';
import type { TappedDatagram } from '../../dtls/tapped-port.js';

/** The files that a run leaves; the paths are as a person types them. */
export interface Evidence {
  readonly captureFile: string;
  readonly keyLogFile: string;
}

/**
 * Leaves the datagrams as a pcap file and the key log beside them, both readable by their owner alone.
 * @throws SelvageError `store-failed`.
 */
export function leaveEvidence(
  folder: string,
  captured: readonly TappedDatagram[],
  keyLog: readonly string[],
): Evidence {
  const chunks: Uint8Array[] = [];
  const pcap = new PcapWriter((bytes) => chunks.push(bytes));
  for (const { from, to, payload, wallTime } of captured) {
    pcap.datagram({ source: from, destination: to, payload }, wallTime);
  }
  const captureFile = shown(join(folder, 'handshake.pcap'));
  const keyLogFile = shown(join(folder, 'keys.log'));
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(captureFile, Buffer.concat(chunks), { mode: 0o600 });
    writeFileSync(keyLogFile, keyLog.map((line) => `${line}\n`).join(''), { mode: 0o600 });
  } catch (cause) {
    throw new SelvageError('store-failed', `the capture could not be left in ${folder}`, {
      cause,
      remedy: 'give a folder that can be written with --out',
    });
  }
  return { captureFile, keyLogFile };
}

function shown(path: string): string {
  const fromHere = relative(process.cwd(), path);
  return fromHere.startsWith('..') ? path : fromHere;
}
