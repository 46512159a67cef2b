/** GETs of a small resource, served over real sockets by a process of its own: what they cost it. */
import { Load } from '../coap/load.js';
import type { Figure, Measured } from '../figure.js';

const batches = 7;
const getsOfBatch = 20_000;
const warmUp = 40_000;
const work = 'GETs of 40 bytes served by one process, per second of its CPU time';

const plain: Figure = {
  name: 'coap.serve.plain',
  work,
  unit: '/s',
  atLeastTimes: 2,
  measure: async () => {
    const [ours, theirs] = await inTurn('plain', 'node-coap');
    return { measured: ours, peer: { ...theirs, name: 'node-coap 1.5.0' } };
  },
};

const dtls: Figure = {
  name: 'coap.serve.dtls',
  work,
  unit: '/s',
  atLeast: 30_000,
  measure: async () => {
    const [measured] = await inTurn('dtls');
    return { measured: { ...measured, note: 'PSK, AES-128-CCM-8, one session' } };
  },
};

export const coap: readonly Figure[] = [plain, dtls];

/** Measures servers batch by batch in turn, so that a machine that is slower for a while is slower for all. */
async function inTurn<Kinds extends readonly ('plain' | 'dtls' | 'node-coap')[]>(
  ...kinds: Kinds
): Promise<{ [Index in keyof Kinds]: Measured }> {
  const loads = await Promise.all(kinds.map((kind) => Load.start(kind)));
  const times: number[][] = kinds.map(() => []);
  for (const load of loads) await load.run(warmUp);
  for (let batch = 0; batch < batches; batch += 1) {
    for (const [i, load] of loads.entries()) times[i]?.push(await load.run(getsOfBatch));
  }
  for (const load of loads) load.stop();
  const measured = times.map((all) => ({ value: 1e6 / median(all), n: batches * getsOfBatch }));
  return measured as { [Index in keyof Kinds]: Measured };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}
