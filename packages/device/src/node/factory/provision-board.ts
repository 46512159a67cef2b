import { decodeCbor, encodeCbor, type Entropy, type Store } from '@selvage/core';
import { nativeCore, type PublicKey } from '@selvage/crypto';
import { instanceIdOf, programSlot, type VaultEngine } from '@selvage/hardware';
import { createBoard, type FileBoard } from '@selvage/hardware/node';
import type { Dataset } from '@selvage/thread';
import { type DeviceDescription, writeDescription } from '../../firmware/configuration.js';
import { writeChain } from '../board/chain.js';
import { attestationLabel, boardValues, openBoardVault, vaultClients } from '../board/board-vault.js';
import { type BoardJoiner, writeJoiner } from '../board/joiner-record.js';
import { putNetwork } from '../board/mesh-network.js';

/** What a device is made as. */
export interface BoardPlan {
  readonly description: DeviceDescription;
  /** Who may sign its firmware; burnt into the chip. */
  readonly rootKeys: readonly PublicKey[];
  /** Its first firmware, signed; there is room for images half as large again. */
  readonly image: Uint8Array;
  /** The lowest security counter of an image that it starts; 0 by default. */
  readonly securityCounter?: number | undefined;
  readonly entropy: Entropy;
  /** Certifies the key that the device identifies itself with; without it, it has no certificate of its manufacturer. */
  readonly certify?: ((publicKey: Uint8Array) => Promise<readonly Uint8Array[]>) | undefined;
  /** What it joins a Thread network by, as its label says it; in the vault, the passphrase is never shown again. */
  readonly joiner?: BoardJoiner | undefined;
  /** The Thread network that it is in from the start instead; the reset button leaves it there. */
  readonly dataset?: Dataset | undefined;
  /** Certifies the key that it attests with. */
  readonly certifyAttestation: (instance: Uint8Array, publicKey: Uint8Array) => Promise<readonly Uint8Array[]>;
}

const signing = { algorithm: 'ecdsa-p256', usages: ['sign'] } as const;
const [eraseSize, writeSize] = [4096, 8] as const;

/**
 * Makes a device in a folder, as its manufacturer does: keys that it makes itself and never shows are certified, its first
 * firmware is in slot 0, and its fuses are burnt: it is *secured* then.
 * @throws SelvageError `wrong-state` where there is a board in the folder, `store-failed`, and as whoever certifies
 */
export async function provisionBoard(folder: string, plan: BoardPlan): Promise<void> {
  const { description, image, entropy, rootKeys, securityCounter = 0 } = plan;
  const size = Math.ceil((image.length * 1.5) / eraseSize) * eraseSize;
  const facts = decodeCbor(encodeCbor(writeDescription(description)));
  const board = await createBoard(folder, { entropy, facts, slot: { size, eraseSize, writeSize } });
  try {
    await programSlot(board.slots[0], image);
    await putKeys(board, plan);
    await board.securityCounter.advance(securityCounter);
    await board.otp.provision({ rootKeys });
    await board.otp.advance('secured');
  } finally {
    await board.close();
  }
}

async function putKeys(board: FileBoard, plan: BoardPlan): Promise<void> {
  const vault = await openBoardVault(board);
  try {
    const own = vault.client(vaultClients.board);
    if (plan.certify !== undefined) await putIdentity(vault, own.store, plan.certify);
    const isRouter = plan.description.attachment === 'thread-router';
    if (plan.joiner !== undefined) await writeJoiner(own.store, plan.joiner);
    if (plan.dataset !== undefined) await putNetwork(own, plan.dataset, isRouter);
    const key = await own.keys.generate(signing, { label: attestationLabel });
    const publicKey = await own.keys.publicKey(key);
    const instance = instanceIdOf(nativeCore, { kind: 'p256', publicKey });
    await writeChain(own.store, boardValues.attestationChain, await plan.certifyAttestation(instance, publicKey));
  } finally {
    await vault.close();
  }
}

/** The firmware may use it, and the reset button does not wipe it. */
async function putIdentity(
  vault: VaultEngine,
  store: Store,
  certify: NonNullable<BoardPlan['certify']>,
): Promise<void> {
  const { keys } = vault.client(vaultClients.manufacturer);
  const key = await keys.generate(signing, { label: 'identity' });
  await writeChain(store, boardValues.chain, await certify(await keys.publicKey(key)));
  await keys.grant(key, vaultClients.firmware);
}
