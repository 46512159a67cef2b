import { keyHashOf } from '@selvage/hardware';
import { openBoard } from '@selvage/hardware/node';
import { describe, expect, it } from 'vitest';
import { attestationLabel, openBoardVault, vaultClients } from '../../src/node/board/board-vault.js';
import { readChain } from '../../src/node/board/chain.js';
import { provisionBoard } from '../../src/node/index.js';
import { madeBoard, signerOfFirmware } from '../support/bench-made.js';
import { platform } from '../support/memory-board.js';

/** Works on a board whose power is off. */
async function opened<T>(
  folder: string,
  work: (board: Awaited<ReturnType<typeof openBoard>>) => Promise<T> | T,
): Promise<T> {
  const board = await openBoard(folder);
  try {
    return await work(board);
  } finally {
    await board.close();
  }
}

describe('a board from the factory', () => {
  it('is secured, has its root keys burnt, and its first firmware in slot 0', async () => {
    const signer = await signerOfFirmware();
    await opened(await madeBoard({ signer }), async ({ otp, slots }) => {
      expect([otp.lifeCycle, otp.debugLocked]).toEqual(['secured', true]);
      const { core } = platform;
      expect(otp.rootKeys.map(({ hash }) => hash)).toEqual([keyHashOf(core, signer.publicKey)]);
      const other = await slots[1].read(0, slots[1].size);
      expect(other.every((byte) => byte === 0xff)).toBe(true);
    });
  });

  it('lets its firmware use the key that its manufacturer certified, and not destroy it', async () => {
    const chain = [Uint8Array.of(1), Uint8Array.of(2)];
    const folder = await madeBoard({ certify: () => Promise.resolve(chain) });
    await opened(folder, async (board) => {
      const vault = await openBoardVault(board);
      const { keys } = vault.client(vaultClients.firmware);
      const [key, ...others] = await keys.list();
      expect([key?.owner, others]).toEqual(['manufacturer', []]);
      if (key === undefined) return;
      expect(await keys.sign({ handle: key, hash: 'sha256', message: Uint8Array.of(7) })).not.toHaveLength(0);
      await expect(keys.destroy(key)).rejects.toMatchObject({ code: 'key-usage-refused' });
      expect(await readChain(vault.client(vaultClients.board).store, 'chain')).toEqual(chain);
      await vault.close();
    });
  });

  it('attests with a key that its firmware cannot even see', async () => {
    await opened(await madeBoard(), async (board) => {
      const vault = await openBoardVault(board);
      const key = await vault.client(vaultClients.board).keys.labelled(attestationLabel);
      expect(key?.owner).toBe('board');
      const { keys } = vault.client(vaultClients.firmware);
      expect(await keys.labelled(attestationLabel)).toBeUndefined();
      const request = { handle: key as never, hash: 'sha256', message: Uint8Array.of(7) } as const;
      await expect(keys.sign(request)).rejects.toMatchObject({ code: 'key-not-found' });
      await vault.close();
    });
  });

  it('is not made where there is one', async () => {
    const { publicKey } = await signerOfFirmware();
    const plan = {
      description: { kind: 'light', name: 'again', methods: ['just-works'] },
      rootKeys: [publicKey],
      image: new Uint8Array(4096),
      entropy: platform.entropy,
      certifyAttestation: () => Promise.resolve([Uint8Array.of(0)]),
    } as const;
    await expect(provisionBoard(await madeBoard(), plan)).rejects.toMatchObject({ code: 'wrong-state' });
  });
});
