/** A vault whose process is killed at every request of a life, before it and while it is under way. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { concat, encode, Secret } from '@selvage/core';
import { outcomeOfPromise } from '@selvage/core/testing';
import { eventLoopTurn } from '@selvage/core/virtual';
import { type Vault, type VaultKeyHandle, vaultService } from '@selvage/hardware';
import { FolderVault, VaultProcess } from '@selvage/hardware/node';
import { afterAll, describe, expect, it } from 'vitest';
import { frameCodec, hello } from '../../src/channel/frame.js';
import { hostService, openOperation, openRequest } from '../../src/vault/host-wire.js';

const root = await mkdtemp(join(tmpdir(), 'selvage-killed-'));
afterAll(() => rm(root, { recursive: true }));

const signing = { algorithm: 'ecdsa-p256', usages: ['sign'] } as const;
const value = (byte: number): Uint8Array => new Uint8Array(3000).fill(byte);
const keyed = async (vault: Vault, label: string): Promise<VaultKeyHandle> =>
  (await vault.keys.labelled(label)) as VaultKeyHandle;

/** The requests of a life, and what each changes in what there is. */
const life: readonly {
  readonly name: string;
  readonly ask: (vault: Vault) => Promise<unknown>;
  readonly change: (state: State) => void;
}[] = [
  {
    name: 'generate',
    ask: ({ keys }) => keys.generate(signing, { label: 'a' }),
    change: ({ keys }) => void keys.add('a'),
  },
  { name: 'put', ask: ({ store }) => store.put('x', value(1)), change: ({ values }) => void values.set('x', 1) },
  {
    name: 'import',
    ask: ({ keys }) => keys.importKey(signing, Secret.of(new Uint8Array(32).fill(9)), { label: 'b' }),
    change: ({ keys }) => void keys.add('b'),
  },
  {
    name: 'sign',
    ask: async (vault) =>
      vault.keys.sign({ handle: await keyed(vault, 'a'), hash: 'sha256', message: new Uint8Array(9) }),
    change: () => undefined,
  },
  { name: 'replace', ask: ({ store }) => store.put('x', value(2)), change: ({ values }) => void values.set('x', 2) },
  { name: 'count', ask: (vault) => vault.advance('boots', 4), change: (state) => void (state.count = 4) },
  {
    name: 'put in parts',
    ask: ({ store }) => store.put('y', new Uint8Array(200_000).fill(3)),
    change: ({ values }) => void values.set('y', 3),
  },
  { name: 'delete', ask: ({ store }) => store.delete('x'), change: ({ values }) => void values.delete('x') },
  {
    name: 'destroy',
    ask: async (vault) => vault.keys.destroy(await keyed(vault, 'b')),
    change: ({ keys }) => void keys.delete('b'),
  },
  {
    name: 'erase',
    ask: (vault) => vault.erase(),
    change: ({ keys, values }) => {
      keys.clear();
      values.clear();
    },
  },
];

interface State {
  readonly keys: Set<string>;
  readonly values: Map<string, number>;
  count: number;
}

/** What a life of so many requests leaves. */
function stateAfter(requests: number): string {
  const state: State = { keys: new Set(), values: new Map(), count: 0 };
  for (const { change } of life.slice(0, requests)) change(state);
  return described([...state.keys], [...state.values], state.count);
}

function described(keys: readonly string[], values: readonly (readonly [string, number])[], count: number): string {
  return JSON.stringify([keys.toSorted(), values.toSorted(([a], [b]) => (a < b ? -1 : 1)), count]);
}

async function stateOf(vault: Vault): Promise<string> {
  const keys = (await vault.keys.list()).map(({ label }) => label ?? '?');
  const values = await Promise.all(
    (await vault.store.names()).map(async (name): Promise<[string, number]> => {
      const bytes = (await vault.store.get(name)) as Uint8Array;
      return [name, bytes.every((byte) => byte === bytes[0]) ? (bytes[0] as number) : -1];
    }),
  );
  return described(keys, values, await vault.count('boots'));
}

describe('a vault that is killed', () => {
  // While a request is under way: some turns after it was sent, so that the vault is caught in more than one place.
  const moments = [undefined, 1, 3];
  const boundaries = life.flatMap((_, index) => moments.map((turns) => ({ index, turns })));

  it(`has what it acknowledged and nothing half, at each of ${boundaries.length} moments`, async () => {
    const seen: string[] = [];
    const ends = await Promise.all(
      [0, 1].map(async (half) => {
        for (const { index, turns } of boundaries.filter((_, i) => i % 2 === half)) {
          const folder = join(root, `${index}-${turns}`);
          const vault = await VaultProcess.start({ folder });
          for (const { ask } of life.slice(0, index)) await ask(vault.vault);
          const { name, ask } = life[index] as (typeof life)[number];
          const asked = turns === undefined ? undefined : outcomeOfPromise(ask(vault.vault));
          for (let i = 0; i < (turns ?? 0); i++) await eventLoopTurn();
          process.kill(vault.pid, 'SIGKILL');
          await vault.ended;
          const acknowledged = (await asked) === 'returned';
          const again = await FolderVault.open({ folder, create: false });
          const found = await stateOf(again.engine.client('operator'));
          const possible = [...(acknowledged ? [] : [stateAfter(index)]), ...(asked ? [stateAfter(index + 1)] : [])];
          if (!possible.includes(found)) seen.push(`${name}, ${turns} turns: ${found}, not ${possible.join(' or ')}`);
          // It goes on from where it stands.
          for (const rest of life.slice(found === stateAfter(index + 1) ? index + 1 : index)) {
            await rest.ask(again.engine.client('operator'));
          }
          if ((await stateOf(again.engine.client('operator'))) !== stateAfter(life.length)) seen.push(`${name}: then`);
          await again.close();
        }
        return true;
      }),
    );
    expect([ends, seen]).toEqual([[true, true], []]);
    expect(boundaries.length).toBe(30);
  });

  it('leaves a vault or none where it is killed while it is made', async () => {
    for (let turns = 0; turns < 6; turns++) {
      const folder = join(root, `made-${turns}`);
      const making = startRaw(folder);
      making.socket.write(concat(...making.opening));
      for (let i = 0; i < turns * 40; i++) await eventLoopTurn();
      making.child.kill('SIGKILL');
      await making.ended;
      const vault = await FolderVault.open({ folder });
      await vault.engine.client('operator').store.put('a', value(1));
      await vault.close();
    }
  });
});

describe('a vault that is flooded', () => {
  it('does not grow, and ends the channel with who goes on', async () => {
    const { socket, opening, child, ended } = startRaw(join(root, 'flooded'));
    const opened = new Promise<void>((resolve) => socket.once('data', () => resolve()));
    socket.write(concat(...opening));
    await opened;
    const before = residentOf(child.pid as number);
    const codec = frameCodec(131_072);
    // Many to what the vault reads at a time: how quick either side is does not matter.
    const body = new Uint8Array(100);
    const atOnce = 500;
    let most = 0;
    let sent = 0;
    const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
    let isClosed = false;
    void closed.then(() => (isClosed = true));
    for (let id = 10; !isClosed && sent < 100_000_000; id += atOnce) {
      const frames = Array.from({ length: atOnce }, (_, index) =>
        encode(codec, { service: vaultService, operation: 8, lane: 0, id: id + index, body }),
      );
      const bytes = concat(...frames);
      sent += bytes.length;
      if (!socket.write(bytes)) {
        await Promise.race([closed, new Promise<void>((resolve) => socket.once('drain', () => resolve()))]);
        if (!isClosed) most = Math.max(most, residentOf(child.pid as number));
      }
    }
    await ended;
    expect(isClosed).toBe(true);
    expect(most - before).toBeLessThan(100);
  });
});

const program = fileURLToPath(new URL('../../dist/node/vault/vault-main.js', import.meta.url));

/** The process, spoken to by hand. */
function startRaw(folder: string) {
  const child = spawn(process.execPath, [program, folder], { env: {}, stdio: ['ignore', 'ignore', 'ignore', 'pipe'] });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const socket = child.stdio[3] as Socket;
  socket.on('error', () => socket.destroy());
  const codec = frameCodec(131_072);
  const opening = [
    encode(codec, {
      service: 0,
      operation: 1,
      lane: 0,
      id: 0,
      body: encode(hello, { magic: 0x534c5643, version: 1 }),
    }),
    encode(codec, {
      service: hostService,
      operation: openOperation,
      lane: 0,
      id: 1,
      body: encode(openRequest, {
        unlock: new Uint8Array(0),
        create: 'yes',
        iterations: 0,
        client: new TextEncoder().encode('operator'),
      }),
    }),
  ];
  return { child, ended, socket, opening };
}

/** Resident memory, MiB. */
function residentOf(pid: number): number {
  try {
    const [, pages = '0'] = readFileSync(`/proc/${pid}/statm`, 'latin1').split(' ');
    return (Number(pages) * 4096) / 1_048_576;
  } catch {
    return 0;
  }
}
