import type { Socket } from 'node:net';
import type { Clock } from '@selvage/core';
import type { ByteStream } from '../../channel/byte-stream.js';
import { Allowance, type Rate } from '../../world/allowance.js';
import { socketStream } from '../channel/socket-stream.js';

/** Bytes that firmware may send: more than any honest one does, and less than keeps a secure world busy. */
export const usualByteRate: Rate = { burst: 16 * 1024 * 1024, perSecond: 8 * 1024 * 1024 };

export interface ThrottleOptions {
  readonly clock: Clock;
  readonly rate?: Rate | undefined;
  /** Hears each time that reading pauses. */
  readonly onThrottled?: (() => void) | undefined;
}

/** A socket as the stream of a channel, which is read no faster than a rate: whoever floods it waits. */
export function throttledStream(socket: Socket, options: ThrottleOptions): ByteStream {
  const { clock, rate = usualByteRate, onThrottled } = options;
  const allowance = new Allowance(rate);
  const stream = socketStream(socket);
  return {
    ...stream,
    onData: (receiver) => {
      stream.onData((bytes) => {
        const wait = allowance.draw(clock.now(), bytes.length);
        if (wait > 0) {
          socket.pause();
          onThrottled?.();
          clock.wakeAt(clock.now() + wait, () => socket.resume());
        }
        receiver(bytes);
      });
      socket.resume();
    },
  };
}
