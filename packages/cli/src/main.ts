#!/usr/bin/env node
import { systemEntropy } from '@selvage/core';
import { keepMemoryOutOfCoreDumps, sweepBuffersInPlace, systemClock } from '@selvage/core/node';
import { run } from './run.js';
import type { Sink } from './terminal/surface.js';

keepMemoryOutOfCoreDumps();
sweepBuffersInPlace();
const interrupt = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupt.abort());

/** A reader that went away (`| head`) is no error of ours. */
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 74));

let readsInput = false;
process.exitCode = await run(process.argv.slice(2), {
  stdin: {
    [Symbol.asyncIterator]() {
      readsInput = true;
      return process.stdin[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
    },
  },
  canAsk: process.stdin.isTTY === true && process.stderr.isTTY === true,
  showTyping: (shown) => {
    if (process.stdin.isTTY) process.stdin.setRawMode(!shown);
  },
  stdout: sinkOf(process.stdout),
  stderr: sinkOf(process.stderr),
  env: process.env,
  clock: systemClock,
  entropy: systemEntropy,
  interrupted: interrupt.signal,
});

/** What is still open then does not keep a person waiting who wants it to end, ms. */
const lastWords = 200;
if (interrupt.signal.aborted) setTimeout(() => process.exit(), lastWords).unref();

// A command that has ended waits for nothing that somebody could still type. Input from a file has no `unref`, and ends.
if (readsInput) (process.stdin as Partial<Pick<NodeJS.ReadStream, 'unref'>>).unref?.();

function sinkOf(stream: NodeJS.WriteStream): Sink {
  return {
    write: (chunk) => void stream.write(chunk),
    isTerminal: stream.isTTY === true,
    get columns() {
      return stream.isTTY === true ? stream.columns : undefined;
    },
    get rows() {
      return stream.isTTY === true ? stream.rows : undefined;
    },
  };
}
