/**
 * Preloaded (`node --import`), it has the process killed with SIGKILL at one datagram: `DIE_AT=before-send:12` before the
 * twelfth is sent, `after-send:12` behind it, `receive:12` before the twelfth that came is looked at.
 */
import dgram from 'node:dgram';

const [moment = '', number = '0'] = (process.env['DIE_AT'] ?? '').split(':');
const counts = new Map();

/** @param {string} reached */
function pass(reached) {
  const count = (counts.get(reached) ?? 0) + 1;
  counts.set(reached, count);
  if (reached === moment && count === Number(number)) process.kill(process.pid, 'SIGKILL');
}

const { send, emit } = dgram.Socket.prototype;

dgram.Socket.prototype.send = /** @type {typeof send} */ (
  function (...words) {
    pass('before-send');
    // @ts-expect-error one of the forms of send, whichever it is
    send.apply(this, words);
    pass('after-send');
  }
);

dgram.Socket.prototype.emit = /** @type {typeof emit} */ (
  function (event, ...words) {
    if (event === 'message') pass('receive');
    // @ts-expect-error one of the forms of emit, whichever it is
    return emit.call(this, event, ...words);
  }
);
