import { Socket } from 'node:net';
import { availableParallelism } from 'node:os';
import type { ByteStream } from '../../channel/byte-stream.js';
import type { ChannelSchedule } from '../../channel/schedule.js';

/** A socket, or an inherited descriptor, as the stream of a channel. An error of the socket is the end of it. */
export function socketStream(socket: Socket): ByteStream {
  socket.on('error', () => socket.destroy());
  socket.on('end', () => socket.end());
  return {
    write: (bytes) => !socket.destroyed && socket.write(bytes),
    onData: (receiver) => socket.on('data', receiver),
    onClose: (listener) => socket.on('close', listener),
    onDrain: (listener) => socket.on('drain', listener),
    close: () => socket.destroySoon(),
  };
}

/** The stream at a descriptor that this process was started with. */
export function inheritedStream(descriptor: number): ByteStream {
  return socketStream(new Socket({ fd: descriptor, readable: true, writable: true }));
}

/** The turns of Node's event loop: `soon` is behind all promises that are settled now. */
export const nodeSchedule: ChannelSchedule = {
  soon: (work) => process.nextTick(work),
  later: (work) => setImmediate(work),
  now: () => performance.now(),
  ...(availableParallelism() > 1 && { hurry }),
};

/** How long an answer is waited for without a rest, ms: what waking up takes twice. */
const longestHurry = 0.08;

function hurry(isWanted: () => boolean): void {
  const end = performance.now() + longestHurry;
  const look = (): void => {
    if (isWanted() && performance.now() < end) setImmediate(look);
  };
  setImmediate(look);
}
