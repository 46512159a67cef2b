import type { Socket } from 'node:net';

type Requires = (name: string) => unknown;

/**
 * A loader that gives firmware all of Node: what then keeps it in is Node's permission model and the namespaces alone. One
 * function, as the ROM's.
 */
function openLoader(builtin: Requires): void {
  const fs = builtin('fs') as {
    readSync(fd: number, into: Uint8Array, at: number, length: number, position: null): number;
    writeSync(fd: number, bytes: Uint8Array): number;
  };
  const net = builtin('net') as { readonly Socket: new (options: object) => Socket };
  const vm = builtin('vm') as { readonly runInThisContext: (text: string) => unknown };
  fs.writeSync(3, new Uint8Array([process.pid === 1 ? 1 : 2]));
  const read = (length: number): Uint8Array => {
    const bytes = new Uint8Array(length);
    for (let got = 0; got < length; ) got += fs.readSync(3, bytes, got, length - got, null);
    return bytes;
  };
  const parts: string[] = [];
  for (;;) {
    const length = new DataView(read(4).buffer).getUint32(0);
    if (length === 0) break;
    parts.push(new TextDecoder().decode(read(length)));
  }
  const socket = new net.Socket({ fd: 3, readable: true, writable: true });
  const stream = {
    write: (bytes: Uint8Array) => socket.write(bytes),
    onData: (receiver: (bytes: Uint8Array) => void) => void socket.on('data', receiver),
    onClose: () => void socket.on('close', () => process.exit(0)),
    onDrain: (listener: () => void) => void socket.on('drain', listener),
    close: () => socket.destroySoon(),
  };
  const module = { exports: {} as { start?: (given: unknown) => void } };
  const run = vm.runInThisContext(`(function (exports, require, module) {${parts.join('')}\n})`) as (
    ...all: unknown[]
  ) => void;
  run(module.exports, builtin, module);
  module.exports.start?.({ stream });
}

/** For Node's command line. */
export const openLoaderText = `(${openLoader.toString()})(require)`;
