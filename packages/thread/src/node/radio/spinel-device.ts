import { spawnSync } from 'node:child_process';
import { constants, openSync, statSync } from 'node:fs';
import { ReadStream, WriteStream } from 'node:tty';
import { SelvageError } from '@selvage/core';
import { startSpinelProcess } from './spinel-process.js';
import type { SpinelWire } from './spinel-radio.js';

/** What OpenThread's firmware speaks at, where its port is a real one; one over USB takes any. */
const baudRate = '115200';

/**
 * The way to a co-processor that a person named: a serial device such as `/dev/ttyACM0`, or else the command of a program.
 * @throws SelvageError `port-failed` where the device cannot be opened, `invalid-argument` for a command without words
 */
export function openSpinelWire(name: string): SpinelWire {
  const path = name.trim();
  return isSerialDevice(path) ? openSpinelDevice(path) : startSpinelProcess(name);
}

function isSerialDevice(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isCharacterDevice() === true;
}

/** Opens a co-processor at a serial device. @throws SelvageError `port-failed` */
function openSpinelDevice(path: string): SpinelWire {
  // Where there is no such program the port is as it was set before.
  spawnSync('stty', ['-F', path, baudRate, 'raw', '-echo'], { stdio: 'ignore' });
  return new DeviceWire(path);
}

class DeviceWire implements SpinelWire {
  readonly #path: string;
  readonly #file: number;
  readonly #input: ReadStream;
  readonly #output: WriteStream;
  #closed: ((reason: string) => void) | undefined;

  constructor(path: string) {
    this.#path = path;
    try {
      this.#file = openSync(path, constants.O_RDWR | constants.O_NOCTTY);
      this.#input = new ReadStream(this.#file);
      this.#output = new WriteStream(this.#file);
    } catch (cause) {
      throw new SelvageError('port-failed', `${path} cannot be opened as a serial device`, {
        cause,
        remedy: 'see that it is there, and that this user may use it (on Debian the group dialout may)',
      });
    }
    this.#input.setRawMode(true);
    for (const stream of [this.#input, this.#output]) {
      stream.on('error', ({ message }: Error) => this.#end(message));
      stream.on('close', () => this.#end('it was unplugged'));
    }
  }

  write(bytes: Uint8Array): void {
    if (this.#output.writable) this.#output.write(bytes);
  }

  onBytes(listener: (bytes: Uint8Array) => void): void {
    this.#input.on('data', (chunk: Buffer) => listener(chunk));
  }

  onClose(listener: (reason: string) => void): void {
    this.#closed = listener;
  }

  close(): void {
    this.#closed = undefined;
    this.#input.destroy();
    this.#output.destroy();
  }

  #end(reason: string): void {
    const closed = this.#closed;
    this.#closed = undefined;
    closed?.(`${this.#path}: ${reason}`);
  }
}
