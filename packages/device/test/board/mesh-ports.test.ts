/** The ports that firmware is granted on a mesh, without a board around them. */
import { MemoryStore } from '@selvage/core/virtual';
import { LocalKeyHome } from '@selvage/crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { VaultPart } from '../../src/node/board/mesh-network.js';
import { putNetwork } from '../../src/node/board/mesh-network.js';
import { MeshPorts } from '../../src/node/secure-world/mesh-ports.js';
import { BenchAir } from '../support/bench-air.js';
import { platform } from '../support/memory-board.js';

let air: BenchAir;
beforeAll(async () => {
  air = await BenchAir.open();
});
afterAll(() => air.close());

/** The only key is the network's. */
function vaultPart(): VaultPart {
  const keys = new LocalKeyHome(platform);
  return {
    keys: Object.assign(keys, { labelled: async () => (await keys.list())[0] }),
    store: new MemoryStore(),
  } as never;
}

it('opens a port once, however many ask for it at a time, and none that it does not grant', async () => {
  const own = vaultPart();
  await putNetwork(own, air.dataset, false);
  const options = { board: platform, own, air: air.place(), attachment: 'thread', tell: () => undefined, since: 0 };
  const ports = await MeshPorts.start(options as never);
  const asked = await Promise.allSettled([ports.open('plain'), ports.open('plain'), ports.open('another')]);
  const codes = asked.map((one) => (one.status === 'fulfilled' ? 'open' : (one.reason as { code: string }).code));
  expect(codes).toEqual(['open', 'wrong-state', 'access-denied']);
  await expect(ports.open('another')).rejects.toMatchObject({ code: 'access-denied' });
  await ports.close();
  await expect(ports.open('plain')).rejects.toMatchObject({ code: 'port-closed' });
});
