/** Boards with radios: each is a child of a Thread network, and its firmware has ports there and nowhere else. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { permissions, type ProvisioningTask, type Uuid } from '@selvage/ocf';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BenchAir } from '../support/bench-air.js';
import { madeBoard, PoweredBoard } from '../support/bench-made.js';
import { HomeOwner } from '../support/home-owner.js';

let air: BenchAir;
let home: HomeOwner;
beforeAll(async () => {
  air = await BenchAir.open();
  home = await HomeOwner.on(air.ports);
});
afterAll(async () => {
  home.close();
  await air.close();
});

/** Until a device that sleeps has answered. */
const listenFor = 1000;

/** Its owner may read everything. */
function own(device: string) {
  const entry = { subject: { uuid: home.uuid }, resources: [{ wc: '*' }], permission: permissions.retrieve } as const;
  const tasks: ProvisioningTask[] = [{ kind: 'access', entries: [entry] }];
  return home.own(device as Uuid, 'just-works', { listenFor, tasks });
}

async function read(device: Uuid, path: string): Promise<unknown> {
  return home.tool.client.get(await home.tool.reach(device), path);
}

function attached(board: PoweredBoard, from = 0) {
  return board.next('mesh', ({ role }) => role === 'child', from);
}

describe('boards on the air', () => {
  it('are found in the realm, owned and read over the mesh, awake and asleep', async () => {
    const { dataset } = air;
    const folders = [
      await madeBoard({ attachment: 'thread', dataset }),
      await madeBoard({ kind: 'sensor', attachment: 'thread-sleepy', dataset }),
    ] as const;
    const [light, sensor] = folders.map((folder) => new PoweredBoard(folder, { air: air.place() })) as [
      PoweredBoard,
      PoweredBoard,
    ];
    const places = [await attached(light), await attached(sensor)] as const;
    const parent = air.host.runner.node.rloc16 as number;
    expect(places.map(({ sleepy }) => sleepy)).toEqual([false, true]);
    expect(places.map(({ rloc16 = 0 }) => rloc16 & 0xfc00)).toEqual([parent, parent]);

    const devices = [(await light.running()).device, (await sensor.running()).device] as [Uuid, Uuid];
    const found = await home.tool.discover({ owned: false, listenFor });
    for (const [at, device] of devices.entries()) {
      const one = found.find((other) => other.device === device);
      expect(one?.plain.map(({ address }) => address)).toEqual([places[at]?.address]);
      expect(one?.secured.map(({ address }) => address)).toEqual([places[at]?.address]);
    }

    const owned = [(await own(devices[0])).device, (await own(devices[1])).device] as const;
    expect(await read(owned[0], '/switch')).toMatchObject(new Map([['value', false]]));
    expect(await read(owned[1], '/temperature')).toBeInstanceOf(Map);

    const { runner } = air.host;
    const sequence = runner.node.keys.current.sequence + 1;
    runner.run(({ keys }, now) => keys.moveTo(sequence, now));
    expect(await read(owned[0], '/switch')).toBeInstanceOf(Map);
    expect(await read(owned[1], '/temperature')).toBeInstanceOf(Map);
    expect([await light.next('key-sequence'), await sensor.next('key-sequence')]).toEqual([
      { event: 'key-sequence', sequence },
      { event: 'key-sequence', sequence },
    ]);
  });

  it('are after a power cut where they were, and what they were, under counters that go on', async () => {
    const folder = await madeBoard({ attachment: 'thread', dataset: air.dataset });
    const place = air.place();
    const first = new PoweredBoard(folder, { air: place });
    const before = await attached(first);
    const { device } = await own((await first.running()).device);
    process.kill(first.process.pid, 'SIGKILL');
    await first.process.ended;

    const second = new PoweredBoard(folder, { air: place });
    expect(await attached(second)).toMatchObject({ address: before.address, rloc16: before.rloc16 });
    expect((await second.running()).device).toBe(device);
    home.tool.client.disconnect(device);
    expect(await read(device, '/switch')).toBeInstanceOf(Map);
  });

  it('stay in their network when the reset button wipes what their owner left', async () => {
    const board = new PoweredBoard(await madeBoard({ attachment: 'thread', dataset: air.dataset }), {
      air: air.place(),
    });
    const { address } = await attached(board);
    const { device } = await board.running();
    const from = board.do({ do: 'press' });
    expect((await attached(board, from)).address).toBe(address);
    expect((await board.running(from)).device).not.toBe(device);
  });

  it('have the network key in their vault, and in no file that anybody can read', async () => {
    const folder = await madeBoard({ attachment: 'thread', dataset: air.dataset });
    const board = new PoweredBoard(folder, { air: air.place() });
    await attached(board);
    await board.off();
    const secrets = [air.dataset.get('networkKey'), air.dataset.get('pskc')].map((secret) => secret?.reveal());
    const files = filesIn(folder);
    expect(files.length).toBeGreaterThan(3);
    for (const file of files) {
      const bytes = readFileSync(file);
      expect(secrets.filter((secret) => secret === undefined || bytes.includes(Buffer.from(secret)))).toEqual([]);
    }
  });

  it('end and say so where they were put on no air, or into no network', async () => {
    const { dataset } = air;
    const nowhere = new PoweredBoard(await madeBoard({ attachment: 'thread', dataset }));
    await nowhere.process.ended;
    expect(nowhere.process.failure()).toMatchObject({ code: 'wrong-state' });
    const stranger = new PoweredBoard(await madeBoard({ attachment: 'thread' }), { air: air.place() });
    await stranger.process.ended;
    expect(stranger.process.failure()).toMatchObject({ code: 'wrong-state' });
  });
});

function filesIn(folder: string): string[] {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name));
  return paths.filter((path) => statSync(path).isFile());
}
