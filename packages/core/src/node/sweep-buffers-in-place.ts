import { setFlagsFromString } from 'node:v8';

/**
 * Has V8 free buffers on the thread that made them, from now on and for the whole process: for a program to call first,
 * never for a library.
 *
 * Every call into OpenSSL hands back a fresh buffer. By default V8 frees the dead ones on another thread, where the C
 * library's allocator has them change hands, and on a gateway's two cores that costs more than it saves: sealing small
 * packets takes about 1.7 times the CPU time (`npm run bench -- ccm`). The same as starting Node with
 * `--no-concurrent-array-buffer-sweeping`.
 */
export function sweepBuffersInPlace(): void {
  setFlagsFromString('--no-concurrent-array-buffer-sweeping');
}
