import { appendFileSync, closeSync, openSync, writeSync } from 'node:fs';
import { PcapWriter } from '@selvage/core';
import { unusable } from './files.js';
import type { DtlsOptions } from './options.js';
import type { TappedDatagram } from './tapped-port.js';

/** The files that `--pcap` and `--keylog` ask for. */
export interface Keeping {
  readonly datagram: ((datagram: TappedDatagram) => void) | undefined;
  readonly keyLog: ((line: string) => void) | undefined;
  close(): void;
}

/**
 * Opens the files: the capture afresh, the key log to be gone on with, as SSLKEYLOGFILE is by others. Both are readable
 * by their owner alone.
 * @throws SelvageError `store-failed`.
 */
export function openKeeping({ pcap, keylog }: Pick<DtlsOptions, 'pcap' | 'keylog'>): Keeping {
  const capture = pcap === undefined ? undefined : openCapture(pcap);
  const keyLog = keylog === undefined ? undefined : (line: string) => append(keylog, `${line}\n`);
  if (keylog !== undefined) append(keylog, '');
  return { datagram: capture?.datagram, keyLog, close: () => capture?.close() };
}

function openCapture(path: string): { datagram: (datagram: TappedDatagram) => void; close: () => void } {
  try {
    const file = openSync(path, 'w', 0o600);
    const pcap = new PcapWriter((bytes) => void writeSync(file, bytes));
    return {
      datagram: ({ from, to, payload, wallTime }) =>
        pcap.datagram({ source: from, destination: to, payload }, wallTime),
      close: () => closeSync(file),
    };
  } catch (cause) {
    throw unusable('--pcap', path, 'written', cause);
  }
}

function append(path: string, text: string): void {
  try {
    appendFileSync(path, text, { mode: 0o600 });
  } catch (cause) {
    throw unusable('--keylog', path, 'written', cause);
  }
}
