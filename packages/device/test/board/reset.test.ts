/** The reset button: a hand on it is all that it takes, and no message and no firmware is asked. */
import { LocalKeyHome } from '@selvage/crypto';
import { chooseInterface } from '@selvage/core/node';
import { openBoard } from '@selvage/hardware/node';
import { describe, expect, it } from 'vitest';
import { openBoardVault, vaultClients } from '../../src/node/board/board-vault.js';
import { madeBoard, network, PoweredBoard } from '../support/bench-made.js';
import { authorityCalled, HomeOwner } from '../support/home-owner.js';
import { platform } from '../support/memory-board.js';

/** What the vault of a board has, by whose it is; the board must be off. */
async function vaultOf(folder: string) {
  const board = await openBoard(folder);
  const vault = await openBoardVault(board);
  try {
    const of = async (client: string) => {
      const { keys, store } = vault.client(client);
      const own = (await keys.list()).filter(({ owner }) => owner === client).map(({ id }) => id);
      return { keys: own, values: (await store.names()).sort() };
    };
    const [firmware, manufacturer, secure] = await Promise.all(Object.values(vaultClients).map(of));
    return { firmware, manufacturer, secure, securityCounter: await board.securityCounter.read() };
  } finally {
    await vault.close();
    await board.close();
  }
}

describe('the reset button', () => {
  it('makes a device that somebody owns as new, and leaves what its manufacturer put in', async () => {
    const maker = await authorityCalled('Maker');
    const keys = new LocalKeyHome(platform);
    const certify = async (publicKey: Uint8Array) => {
      const { validity } = maker.authority.certificate;
      const { chain } = await maker.authority.issue(
        { kind: 'device', subject: [['CN', 'lock']] },
        { publicKey, validity },
      );
      return chain;
    };
    expect(await keys.list()).toEqual([]);
    const folder = await madeBoard({
      kind: 'lock',
      methods: ['manufacturer-certificate'],
      certify,
      securityCounter: 4,
    });
    const board = new PoweredBoard(folder);
    const sealed = await board.running();
    const home = await HomeOwner.open(chooseInterface(network), [maker.authority.certificate.der]);
    const owned = await home.own(sealed.device as never, 'manufacturer-certificate');
    await board.off();
    const before = await vaultOf(folder);

    const again = new PoweredBoard(folder);
    expect(await again.running()).toMatchObject({ device: owned.device, state: 'RFNOP' });
    const from = again.do({ do: 'press' });
    await again.next('wiped', () => true, from);
    const anew = await again.running(from);
    expect(anew.state).toBe('RFOTM');
    expect([sealed.device, owned.device]).not.toContain(anew.device);
    await again.off();

    const after = await vaultOf(folder);
    expect(after.manufacturer).toEqual(before.manufacturer);
    expect(after.manufacturer?.keys).toHaveLength(1);
    expect(after.secure).toEqual(before.secure);
    expect(after.securityCounter).toBe(4);
    expect(after.firmware?.keys.filter((id) => before.firmware?.keys.includes(id))).toEqual([]);

    // Its manufacturer's certificate is good for the next owner.
    const third = new PoweredBoard(folder);
    const { device } = await third.running();
    expect((await home.own(device as never, 'manufacturer-certificate')).manufacturer?.subject).toBe('CN=lock');
    home.close();
  });

  it('that is held while the power comes does the same', async () => {
    const folder = await madeBoard();
    const first = new PoweredBoard(folder);
    const { device } = await first.running();
    await first.off();
    const held = new PoweredBoard(folder, { held: true });
    await held.next('wiped');
    expect((await held.running()).device).not.toBe(device);
  });

  it('that was held before a power cut has its way at the next start', async () => {
    const folder = await madeBoard();
    const first = new PoweredBoard(folder);
    const { device } = await first.running();
    await first.off();
    const board = await openBoard(folder);
    await board.resetButton.hold();
    await board.close();
    const second = new PoweredBoard(folder);
    await second.next('wiped');
    expect((await second.running()).device).not.toBe(device);
    await second.off();
    const third = new PoweredBoard(folder);
    await third.running();
    expect(third.news.filter(({ event }) => event === 'wiped')).toEqual([]);
  });

  it('is nothing that an order through the panel could press', async () => {
    const board = new PoweredBoard(await madeBoard());
    const { device } = await board.running();
    for (const word of ['press', 'reset', 'power']) {
      const from = board.do({ do: 'input', peripheral: 'panel', value: { order: 1, do: word } });
      const { value } = await board.next('shown', ({ peripheral }) => peripheral === 'panel', from);
      expect(value).toMatchObject({ error: { code: 'invalid-value' } });
    }
    const from = board.do({ do: 'power' });
    expect((await board.running(from)).device).toBe(device);
  });
});
