/**
 * Firmware that looks for a way out. Behind the loader it finds none, with namespaces and without; and each is counted.
 * With a loader that gives it all of Node, the fences behind are seen: what namespaces and the permission model refuse
 * together, and what is open where there are no namespaces.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { confinements } from '@selvage/hardware/node';
import { until } from '../../../../../core/test/support/until.js';
import { MemoryVault } from '../../../support/memory-vault.js';
import { HostileBoard, type HostileOptions } from './hostile-board.js';
import { Host, hostModules } from './host.js';
import { openLoaderText } from './open-loader.js';
import { hostilePayload } from './payload.js';
import type { Tried } from './realm.js';

let payload: Uint8Array;
let host: Host;

beforeAll(async () => {
  payload = await hostilePayload();
});

/** Ways by name that are tried beside the modules of Node, one each. */
const waysBesideModules = 168;

async function escaping(options: Pick<HostileOptions, 'policy' | 'loader'>) {
  host = await Host.open();
  const { targets } = host;
  // What is open to firmware with all of Node is to be seen on a slow host too.
  const orders = { do: 'escape', targets, patience: options.loader === undefined ? 400 : 5000 } as const;
  const board = await HostileBoard.start(await MemoryVault.open(), { ...options, payload, orders });
  const tried = await board.tried();
  await board.close();
  expect(tried).toHaveLength(waysBesideModules + hostModules.length);
  return { board, tried };
}

afterAll(() => host?.close());

function open(tried: readonly Tried[]): readonly string[] {
  return tried.filter((one) => one.open !== undefined).map(({ way }) => way);
}

/** Refused by the language or by Node's flags, without the loader hearing of it; or there is nothing to find. */
const unheard = [
  'give a timer a text',
  'import',
  'import data',
  'see the functions that called',
  'keep a prototype that all objects share',
  'connect through a class found in passing',
  'find an environment',
];

const ways = confinements();

describe.each(ways)('firmware behind the loader (%s)', (way) => {
  it('finds no way out: each is refused, counted and logged', async () => {
    const { board, tried } = await escaping({ policy: { ways: [way] } });
    expect(open(tried)).toEqual([]);
    expect(host.visits).toEqual([]);
    expect(host.damage()).toEqual([]);
    expect(board.world.isolation).toBe(way === 'none' ? 'permission-only' : 'namespaces');
    expect(board.loaderRefused).toHaveLength(tried.length - unheard.length);
    expect(board.refusals.counts.get('loader')).toBe(board.loaderRefused.length);
    expect(board.lines).toEqual([]);
    host.close();
  });
});

/** What firmware that has all of Node finds in a world of its own: itself. */
const ownWorld = [
  'get a module past the loader',
  'find a module of its own',
  'find a global require',
  'find a stream of the process',
  'see the loader, and what it was given',
  'compile WebAssembly',
  'talk to other threads',
  'evaluate a text',
  'make a function of a text',
  'make a function by its global name',
  'make an asynchronous function of a text',
  'make a generator of a text',
];

describe.each(ways.filter((way) => way !== 'none'))('firmware that has all of Node, in namespaces (%s)', (way) => {
  it('is kept in by them and the permission model alone', async () => {
    const { tried } = await escaping({ policy: { ways: [way] }, loader: openLoaderText });
    const beside = open(tried).filter((name) => !name.startsWith('require '));
    expect(beside.sort()).toEqual([...ownWorld, 'signal process 1', 'signal the own group'].sort());
    expect(host.visits).toEqual([]);
    expect(host.damage()).toEqual([]);
    host.close();
  });
});

/** What is open to whoever gets past the loader where there are no namespaces: SECURITY.md says so. */
const openWithoutNamespaces = [
  'connect to a TCP port of the host',
  'connect to it by IPv6',
  'connect to a Unix socket',
  'connect to an abstract socket',
  'connect through a class found in passing',
  'send a datagram to the host',
  'send a datagram to a group',
  'send a datagram to the world',
  'join a group',
  'make an HTTP request',
  'open a TLS connection',
  'see interfaces of the host',
  'debug the secure world',
  'signal process 1',
  'signal all processes',
  'signal the own group',
  'signal the secure world',
  'signal a process of the host',
];

describe('firmware that has all of Node, where there are no namespaces', () => {
  it('reaches networks and signals processes of its user, and nothing else', async () => {
    const { tried } = await escaping({ policy: { ways: ['none'] }, loader: openLoaderText });
    const beside = open(tried).filter((name) => !name.startsWith('require '));
    expect(beside.sort()).toEqual([...ownWorld, ...openWithoutNamespaces].sort());
    await until(() => host.visits.includes('debugger'));
    expect([...new Set(host.visits)].sort()).toEqual(['abstract', 'debugger', 'tcp', 'udp', 'unix']);
    expect(host.damage()).toEqual([]);
    host.close();
  });
});
