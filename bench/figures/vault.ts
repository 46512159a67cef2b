/**
 * The vault: signatures from its process, durable writes of its store, and what a storm on one lane does to another. All of
 * it is time on the wall, with other processes and the disk in it; where those of others would be measured more than ours,
 * the batch counts that was disturbed least.
 */
import { systemEntropy } from '@selvage/core';
import { LocalKeyHome, nativeCore } from '@selvage/crypto';
import { FolderVault, type VaultProcess } from '@selvage/hardware/node';
import type { Figure, Measured } from '../figure.js';
import { SyncedFile } from '../vault/disk.js';
import { type BenchVault, withFolder, withVault } from '../vault/operator.js';
import { median, quantile, timesOf } from '../vault/times.js';

const message = new Uint8Array(100).fill(1);
const [batches, warmUp] = [9, 3000];

const sign: Figure = {
  name: 'vault.sign',
  work: 'an ECDSA signature from the process of the vault, round trip',
  unit: 'µs',
  atMost: 90,
  measure: () =>
    withVault(async ({ vault, signing }) => {
      const count = 2000;
      const local = new LocalKeyHome({ core: nativeCore, entropy: systemEntropy });
      const own = await local.generate({ algorithm: 'ecdsa-p256', usages: ['sign'] });
      const asked = (): Promise<Uint8Array> => vault.keys.sign({ handle: signing, hash: 'sha256', message });
      const here = (): Promise<Uint8Array> => local.sign({ handle: own, hash: 'sha256', message });
      await timesOf(warmUp, asked);
      await timesOf(warmUp, here);
      const [away, near]: [number[], number[]] = [[], []];
      for (let batch = 0; batch < batches; batch += 1) {
        away.push(median(await timesOf(count, asked)));
        near.push(median(await timesOf(count, here)));
      }
      const n = batches * count;
      return {
        measured: { value: median(away), n, note: 'median of the medians of 9 batches, one at a time' },
        peer: { value: median(near), n, name: 'a key in this process' },
      };
    }),
};

const pipelined: Figure = {
  name: 'vault.sign.pipelined',
  work: 'ECDSA signatures from the process of the vault, many asked for at a time',
  unit: '/s',
  atLeast: 25_000,
  measure: () =>
    withVault(async ({ vault, signing }) => {
      const count = 5000;
      const all = async (): Promise<void> => {
        const asked = Array.from({ length: count }, () =>
          vault.keys.sign({ handle: signing, hash: 'sha256', message }),
        );
        await Promise.all(asked);
      };
      await all();
      await all();
      const times = await timesOf(batches, all);
      const note = `the least disturbed batch; the median one ${Math.round((1e6 * count) / median(times))} /s`;
      return { measured: { value: (1e6 * count) / Math.min(...times), n: batches * count, note } };
    }),
};

const write: Figure = {
  name: 'store.write',
  work: 'a durable sealed write of 200 bytes, its counter included ÷ one fdatasync of 200 bytes',
  unit: 'times',
  atMost: 2.2,
  measure: () =>
    withFolder(async (folder) => {
      const [count, rounds] = [20, 100];
      const vault = await FolderVault.open({ folder: `${folder}/vault` });
      const { store } = vault.engine.client('bench');
      const [inPlace, atEnd] = [new SyncedFile(folder, 4_194_304), new SyncedFile(folder, 0)];
      const value = new Uint8Array(200).fill(2);
      const works = [() => store.put('value', value), () => inPlace.write(), () => atEnd.write()];
      const times: number[][] = works.map(() => []);
      // In turn: a disk that is slower for a while is slower for all.
      for (let round = -15; round < rounds; round += 1) {
        for (const [i, work] of works.entries()) {
          const some = await timesOf(count, work);
          if (round >= 0) times[i]?.push(...some);
        }
      }
      inPlace.close();
      atEnd.close();
      await vault.close();
      const [sealed, synced, longer] = times.map((all) => quantile(all, 0.1)) as [number, number, number];
      const note =
        `${sealed.toFixed(0)} µs; an fdatasync over zeros takes ${synced.toFixed(0)} µs, at the end of a file ` +
        `${longer.toFixed(0)}; a tenth of each was quicker; by the medians ${byMedians(times).toFixed(2)} times`;
      return { measured: { value: sealed / synced, n: rounds * count, note } };
    }),
};

const fair: Figure = {
  name: 'vault.fair',
  work: "p99 of an application's signature during a storm of key agreements and derivations of the network ÷ idle p99",
  unit: 'times',
  atMost: 5,
  measure: () => withVault(fairness),
};

export const vault: readonly Figure[] = [sign, pipelined, write, fair];

function byMedians([sealed = [], synced = []]: readonly (readonly number[])[]): number {
  return median(sealed) / median(synced);
}

async function fairness(bench: BenchVault): Promise<{ readonly measured: Measured }> {
  const count = 2000;
  const { vault, signing } = bench;
  const asked = (): Promise<Uint8Array> => vault.keys.sign({ handle: signing, hash: 'sha256', message });
  await timesOf(warmUp, asked);
  const [idle, stormy]: [number[], number[]] = [[], []];
  let joins = 0;
  for (let batch = 0; batch < batches; batch += 1) {
    idle.push(quantile(await timesOf(count, asked), 0.99));
    const storm = new Storm(bench, vault);
    stormy.push(quantile(await timesOf(count, asked), 0.99));
    joins += await storm.end();
  }
  const [calm, loud] = [Math.min(...idle), Math.min(...stormy)];
  const note = `${calm.toFixed(0)} µs idle, ${loud.toFixed(0)} µs while ${joins} others were served; the least disturbed batch of each`;
  return { measured: { value: loud / calm, n: 2 * batches * count, note } };
}

/** As many operations on the network's lane as the channel takes, without a pause. */
class Storm {
  readonly #callers: readonly Promise<number>[];
  #isOver = false;

  constructor({ agreeing, deriving }: BenchVault, vault: VaultProcess) {
    const { keys } = vault.with({ lane: 1 });
    const { publicKey } = nativeCore.p256.generateKeyPair(systemEntropy);
    const derivation = { kind: 'hmac-sha256', input: message } as const;
    this.#callers = Array.from({ length: 200 }, async () => {
      let count = 0;
      for (; !this.#isOver; count += 2) {
        await keys.agree({ handle: agreeing, publicKey });
        await keys.derive({ handle: deriving, derivation });
      }
      return count;
    });
  }

  /** How many operations there were. */
  async end(): Promise<number> {
    this.#isOver = true;
    return (await Promise.all(this.#callers)).reduce((sum, count) => sum + count, 0);
  }
}
