import { copyFile, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { outcomeOfPromise } from '@selvage/core/testing';
import { type Board, type Flash, FirmwareUpdate, versionText } from '@selvage/hardware';
import { createBoard, openBoard } from '@selvage/hardware/node';
import {
  boot,
  fill,
  firstSigner,
  makeImage,
  outcomeOfBoot,
  payloadOf,
  provisionedBoard,
  refusals,
  rom,
  secureWorld,
  smallSlot,
  started,
  stranger,
} from './support.js';

/** Flash whose content is another one each time that it is read. */
class ShiftyFlash implements Flash {
  readonly size: number;
  readonly eraseSize: number;
  readonly writeSize: number;
  reads = 0;
  readonly #flash: Flash;
  readonly #contents: readonly Uint8Array[];

  constructor(flash: Flash, contents: readonly Uint8Array[]) {
    this.#flash = flash;
    this.#contents = contents;
    this.size = flash.size;
    this.eraseSize = flash.eraseSize;
    this.writeSize = flash.writeSize;
  }

  async read(offset: number, length: number): Promise<Uint8Array> {
    const content = this.#contents[Math.min(this.reads++, this.#contents.length - 1)] as Uint8Array;
    return content.slice(offset, offset + length);
  }

  write(offset: number, bytes: Uint8Array): Promise<void> {
    return this.#flash.write(offset, bytes);
  }

  erase(offset: number, length: number): Promise<void> {
    return this.#flash.erase(offset, length);
  }
}

describe('a slot that changes between check and use', () => {
  it('is read once at a start: what runs is what was verified, whatever is there afterwards', async () => {
    const virtual = await provisionedBoard();
    await fill(virtual.slots[0], await makeImage({ version: '1.0.0' }));
    const good = virtual.slots[0].bytes.slice();
    await fill(virtual.slots[1], await makeImage({ version: '9.0.0', signer: stranger }));
    const evil = virtual.slots[1].bytes.slice();
    const board = await virtual.powerOn();
    const shifty = board.slots.map((flash) => new ShiftyFlash(flash, [good, evil])) as [ShiftyFlash, ShiftyFlash];
    const decision = await rom.boot(withSlots(board, shifty));
    expect(started(decision).image.payload).toEqual(payloadOf('1.0.0'));
    expect(shifty.map(({ reads }) => reads)).toEqual([1, 1]);
    expect(outcomeOfBoot(await rom.boot(withSlots(board, shifty)))).toBe('off');
  });

  it('gives nothing to whoever writes over it while the decision stands', async () => {
    const virtual = await provisionedBoard();
    await fill(virtual.slots[0], await makeImage({ version: '1.0.0' }));
    const { decision } = await boot(virtual);
    virtual.slots[0].bytes.fill(0x66);
    expect(started(decision).image.payload).toEqual(payloadOf('1.0.0'));
    const { board } = await boot(virtual);
    const promised = rom.boot(board);
    virtual.slots[0].bytes.fill(0x77);
    expect(outcomeOfBoot(await promised)).toBe('off');
  });

  it('passes when an update is verified, and is another image when it is started: refused then', async () => {
    const virtual = await provisionedBoard();
    await fill(virtual.slots[0], await makeImage({ version: '1.0.0' }));
    const { board, decision } = await boot(virtual);
    const update = await FirmwareUpdate.afterStart({ board, secureWorld, running: started(decision) });
    const image = await makeImage({ version: '2.0.0' });
    await update.begin(image.length);
    await update.write(0, image);
    await update.finish();
    await update.install();
    const evil = await makeImage({ version: '2.0.0', signer: stranger });
    virtual.slots[1].bytes.set(evil);
    const { decision: next } = await boot(virtual);
    expect([outcomeOfBoot(next), refusals(next)]).toEqual(['1.0.0 of slot 0', ['slot 1: key']]);
  });

  it('is one file in place of another: renamed, swapped and written over at every moment of a start', async () => {
    await inFolder(async (folder) => {
      const made = await createBoard(folder, { slot: smallSlot });
      await made.otp.provision({ rootKeys: [firstSigner.publicKey] });
      await fill(made.slots[0], await makeImage({ version: '1.0.0' }));
      await fill(made.slots[1], await makeImage({ version: '2.0.0' }));
      await made.close();
      const { slots } = made.paths;
      const evil = join(folder, 'evil');
      await writeFile(evil, await padded(await makeImage({ version: '9.0.0', signer: stranger })));
      const kept = join(folder, 'kept');
      const swaps: (() => Promise<void>)[] = [
        // Another file under the name, while the board has the old one open.
        () => rename(evil, slots[1]),
        // The same file, written over.
        () => copyFile(slots[1], slots[0]),
        // Slot for slot.
        async () => {
          await rename(slots[0], kept);
          await rename(slots[1], slots[0]);
          await rename(kept, slots[1]);
        },
      ];
      for (const swap of swaps) {
        await writeFile(evil, await padded(await makeImage({ version: '9.0.0', signer: stranger })));
        const board = await openBoard(folder);
        const [decision] = await Promise.all([rom.boot(board), swap()]);
        if (decision.kind === 'start') {
          const version = versionText(decision.image.version);
          expect(['1.0.0', '2.0.0']).toContain(version);
          expect(decision.image.payload).toEqual(payloadOf(version));
        }
        await board.close();
      }
      const board = await openBoard(folder);
      const last = await rom.boot(board);
      expect([outcomeOfBoot(last), refusals(last)]).toEqual([
        'off',
        ['slot 0: key', 'slot 1: key', 'board: boot-refused'],
      ]);
      await board.close();
      expect(await outcomeOfPromise(openBoard(folder).then((opened) => opened.close()))).toBe('returned');
    });
  });
});

function withSlots(board: Board, slots: readonly [Flash, Flash]): Board {
  return Object.assign(Object.create(board) as Board, { slots });
}

async function padded(image: Uint8Array): Promise<Uint8Array> {
  const slot = new Uint8Array(smallSlot.size).fill(0xff);
  slot.set(image);
  return slot;
}

async function inFolder(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'selvage-slots-'));
  try {
    await body(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}
