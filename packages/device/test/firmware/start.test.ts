import type { CborValue } from '@selvage/core';
import { chooseInterface } from '@selvage/core/node';
import { MemoryStore } from '@selvage/core/virtual';
import { LocalKeyHome } from '@selvage/crypto';
import { type Uuid, nilUuid, permissions } from '@selvage/ocf';
import { validFor } from '@selvage/pki';
import { afterEach, describe, expect, it } from 'vitest';
import type { RunningFirmware } from '../../src/index.js';
import { authorityCalled, HomeOwner } from '../support/home-owner.js';
import { MemoryBoard, type MemoryBoardOptions, platform } from '../support/memory-board.js';

/** A network of this file's own: other test files run at the same time. */
const chosen = chooseInterface(`loopback:${16_000 + (process.pid % 16_000)}`);
const policy = { algorithm: 'ecdsa-p256', usages: ['sign'] } as const;

const open: { close(): void | Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

async function booted(
  options: Omit<MemoryBoardOptions, 'chosen'>,
): Promise<{ board: MemoryBoard; running: RunningFirmware }> {
  const board = new MemoryBoard({ chosen, ...options });
  const running = await board.start();
  open.push(board, running);
  return { board, running };
}

async function owner(manufacturers: readonly Uint8Array[] = []): Promise<HomeOwner> {
  const home = await HomeOwner.open(chosen, manufacturers);
  open.push(home);
  return home;
}

function member(value: CborValue, name: string): CborValue {
  return value instanceof Map ? (value as ReadonlyMap<string, CborValue>).get(name) : undefined;
}

describe('firmware on what a board grants', () => {
  it('is the device that the board says, and confirms its image once it serves', async () => {
    const { board, running } = await booted({ kind: 'light', name: 'hall', methods: ['just-works'] });
    expect(running.device.owner).toBe(nilUuid);
    const told = await board.told('running');
    expect(told.get('device')).toBe(running.device.deviceId);
    expect(told.get('state')).toBe('RFOTM');
    expect(board.confirmed).toBe(1);
  });

  it('does not confirm an image that does not come up', async () => {
    const board = new MemoryBoard({ chosen, kind: 'light', name: 'hall', methods: ['just-works'] });
    await board.store.put('state', Uint8Array.of(0xff));
    await expect(board.start()).rejects.toMatchObject({ code: 'store-failed' });
    expect(board.confirmed).toBe(0);
    board.close();
  });

  it('refuses a configuration that is none', async () => {
    const board = new MemoryBoard({ chosen, kind: 'toaster' as never, name: 'hall', methods: ['just-works'] });
    await expect(board.start()).rejects.toMatchObject({ code: 'invalid-value' });
  });

  it('is owned by the PIN that its display shows, which goes out afterwards', async () => {
    const { board, running } = await booted({ kind: 'thermostat', name: 'warm', methods: ['random-pin'] });
    const home = await owner();
    const displayed = () =>
      board.shown.filter((one) => one.peripheral === 'display').map((one) => one.value.get('value'));
    const pin = async (): Promise<string> => displayed().findLast((shown) => typeof shown === 'string') ?? '';
    await home.own(running.device.deviceId, 'random-pin', { pin });
    expect(running.device.owner).toBe(home.uuid);
    expect(displayed()[0]).toMatch(/^\d{8}$/);
    expect(displayed().at(-1)).toBe(null);
  });

  it('shows the certificate of its manufacturer, whose key it may only use', async () => {
    const { authority } = await authorityCalled('Maker');
    const keys = new LocalKeyHome(platform);
    const publicKey = await keys.publicKey(await keys.generate(policy));
    const validity = validFor(platform.clock.wallTime(), 10);
    const { chain } = await authority.issue({ kind: 'device', subject: [['CN', 'lock']] }, { publicKey, validity });
    const { running } = await booted({
      kind: 'lock',
      name: 'door',
      methods: ['manufacturer-certificate'],
      keys,
      chain,
    });
    const home = await owner([authority.certificate.der]);
    const owned = await home.own(running.device.deviceId, 'manufacturer-certificate');
    expect(owned.manufacturer?.subject).toBe('CN=lock');
    await running.device.reset();
    expect((await keys.list()).length).toBe(2);
  });

  it('is after a restart what it was, on the same store and keys', async () => {
    const [store, keys] = [new MemoryStore(), new LocalKeyHome(platform)];
    const parts = { kind: 'light', name: 'hall', methods: ['just-works'], store, keys } as const;
    const { running } = await booted(parts);
    const home = await owner();
    const { device } = await home.own(running.device.deviceId, 'just-works');
    await running.close();
    const again = await booted(parts);
    expect([again.running.device.deviceId, again.running.device.owner]).toEqual([device, home.uuid]);
  });
});

describe('the panel of a device', () => {
  it('passes what is switched on to the light that it is linked to, and asks others as their client', async () => {
    const [light, wall] = [
      await booted({ kind: 'light', name: 'lamp', methods: ['just-works'] }),
      await booted({ kind: 'switch', name: 'wall', methods: ['just-works'] }),
    ];
    const home = await owner();
    const switcher = await home.own(wall.running.device.deviceId, 'just-works');
    const to: Uuid = (await home.own(light.running.device.deviceId, 'just-works')).device;
    const entry = {
      subject: { uuid: switcher.device },
      resources: [{ href: '/switch' }],
      permission: permissions.retrieve | permissions.update,
    };
    await home.tool.provisioning.grant(to, [entry]);

    await wall.board.order({ do: 'link', path: '/switch', to });
    await wall.board.order({ do: 'set', path: '/switch', values: { value: true } });
    const sent = await wall.board.told('sent');
    expect([sent.get('code'), sent.get('proof')]).toEqual(['2.04', 'certificate']);
    expect(light.running.device.values('/switch')).toMatchObject({ value: true });

    const asked = await wall.board.order({ do: 'ask', to, method: 'GET', path: '/dimming' });
    expect(member(asked.get('result'), 'code')).toBe('4.01');
  });

  it('takes an image in pieces, which is whole with the last', async () => {
    const { board } = await booted({ kind: 'light', name: 'lamp', methods: ['just-works'] });
    await board.order({ do: 'update', at: 0, total: 5, hex: '010203' });
    await board.order({ do: 'update', at: 3, total: 5, hex: '0405' });
    expect(board.written).toEqual(['begin 5', '0 3', '3 2', 'finish', 'install']);
  });

  it('answers what is no order with what is wrong, and goes on', async () => {
    const { board } = await booted({ kind: 'light', name: 'lamp', methods: ['just-works'] });
    const wrong = [{ do: 'explode' }, { do: 'set', path: 7, values: {} }, { do: 'set', path: '/nothing', values: {} }];
    for (const order of wrong) expect((await board.order(order)).get('error')).toBeInstanceOf(Map);
    expect((await board.order({ do: 'set', path: '/switch', values: { value: true } })).get('result')).toEqual(
      new Map(),
    );
  });
});
