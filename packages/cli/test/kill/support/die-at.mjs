/**
 * Preloaded (`node --import`), it has the process killed with SIGKILL at one datagram: `DIE_AT=before-send:12` before the
 * twelfth is sent, `receive:12` before the twelfth that came is looked at.
 */
import { Socket } from 'node:dgram';

const [moment = '', number = ''] = (process.env['DIE_AT'] ?? '').split(':');
const calls = { 'before-send': 'send', receive: 'emit' };

for (const [name, method] of Object.entries(calls)) if (name === moment) watch(method, Number(number));

/**
 * @param {string} method
 * @param {number} last
 */
function watch(method, last) {
  const prototype = /** @type {Record<string, (...words: unknown[]) => unknown>} */ (
    /** @type {unknown} */ (Socket.prototype)
  );
  const original = prototype[method];
  let count = 0;
  /**
   * @this {Socket}
   * @param {unknown[]} words
   */
  prototype[method] = function (...words) {
    const counts = method === 'send' || words[0] === 'message';
    if (counts && ++count === last) process.kill(process.pid, 'SIGKILL');
    return original?.apply(this, words);
  };
}
