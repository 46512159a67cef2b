/** Opens as many sessions as the argument says, lets them idle, and prints the resident bytes that they added. */
import { setImmediate } from 'node:timers/promises';
import { sweepBuffersInPlace } from '@selvage/core/node';
import { Joined, type Session } from './joined.js';
import { psk } from './modes.js';

sweepBuffersInPlace();
const sessions = Number(process.argv[2]);
const { client, server } = psk();
const warm = new Joined(server);
// The code is compiled and the heap has its working size before anything is weighed.
for (let i = 0; i < 4000; i += 1) {
  warm.close(warm.connect(client));
}

const before = await residentMemory();
const joined = new Joined(server);
const held: Session[] = [];
for (let i = 0; i < sessions / 2; i += 1) {
  const addresses = { client: { key: `192.0.2.1:${1024 + i}` }, server: { key: `192.0.2.2:${1024 + i}` } };
  const session = joined.connect(client, addresses);
  // Once it has spoken, nothing of its handshake is kept for a repetition.
  joined.deliver(session, Uint8Array.of(1), addresses);
  held.push(session);
}
const after = await residentMemory();
// Used after the weighing, so that nothing of it is collected before.
process.stdout.write(`${held.length * 2 === sessions ? after - before : Number.NaN}\n`);

/** In bytes, when collection has given back what it can. */
async function residentMemory(): Promise<number> {
  for (let round = 0; round < 8; round += 1) {
    globalThis.gc?.();
    await setImmediate();
  }
  return process.memoryUsage().rss;
}
