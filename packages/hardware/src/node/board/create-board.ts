import { join } from 'node:path';
import { type CborValue, encode, encodeCbor, SelvageError, systemEntropy } from '@selvage/core';
import { type FileSystem, lockDirectory, nodeFileSystem, orStoreFailed, systemProcesses } from '@selvage/core/node';
import { type CryptoCore, nativeCore } from '@selvage/crypto';
import { CellCounter } from '../../board/cell-counter.js';
import { checkLength, hashCheck, keyedCheck } from '../../board/cell-format.js';
import { boardCounters } from '../../board/counters.js';
import { checkGeometry, type FlashGeometry } from '../../board/flash.js';
import { Otp } from '../../board/otp.js';
import { UniqueKey } from '../../board/unique-key.js';
import { type BoardPaths, boardPaths, counterPath } from './board-paths.js';
import { descriptionFile, uniqueKeyFile } from './chip-format.js';
import { counterCheck } from './file-counters.js';
import { type BoardFileOptions, FileBoard, hasBoard } from './file-board.js';
import { FileFlash } from './file-flash.js';

/** What a new board is to be. */
export interface NewBoardOptions extends BoardFileOptions {
  /** Of each of the two slots; {@link usualSlot} where nothing else is said. */
  readonly slot?: FlashGeometry | undefined;
  /** What the board says of itself. */
  readonly facts?: CborValue | undefined;
}

/** 1 MiB, erased by 4 KiB, written by 8 bytes. */
export const usualSlot: FlashGeometry = { size: 1_048_576, eraseSize: 4096, writeSize: 8 };

/**
 * Makes a virgin board in a folder and powers it on. A kill or a power cut at any moment leaves a whole board, or none,
 * and then it can be made anew.
 * @throws SelvageError `wrong-state` where there is a board in the folder; `store-in-use`, `store-failed`, `entropy-failed`,
 * `invalid-argument` for flash that does not divide evenly
 */
export async function createBoard(folder: string, options: NewBoardOptions = {}): Promise<FileBoard> {
  const { files = nodeFileSystem, processes = systemProcesses, slot = usualSlot } = options;
  checkGeometry(slot);
  const paths = boardPaths(folder);
  const lock = await orStoreFailed('lock', folder, async () => {
    await files.makeDirectory(folder);
    return lockDirectory(folder, files, processes);
  });
  try {
    if (await hasBoard(folder, files)) {
      throw new SelvageError('wrong-state', `there is a board in ${folder}`, { details: { folder } });
    }
    const chip = chipContent(options);
    await orStoreFailed('make', folder, async () => {
      await makeFlash(paths, files, slot);
      await makeChip(paths, files, chip);
      await files.syncDirectory(folder);
      // Whole from here on.
      await files.rename(paths.chipInTheMaking, paths.chip);
      await files.syncDirectory(folder);
    });
    return await FileBoard.open(folder, options, lock);
  } catch (error) {
    await lock.release();
    throw error;
  }
}

async function makeFlash({ flash, slots }: BoardPaths, files: FileSystem, slot: FlashGeometry): Promise<void> {
  await makeEmpty(flash, files);
  for (const path of slots) await FileFlash.create(path, slot, files);
  await files.syncDirectory(flash);
}

async function makeChip(
  { chipInTheMaking: chip }: BoardPaths,
  files: FileSystem,
  content: readonly (readonly [string, Uint8Array])[],
): Promise<void> {
  await makeEmpty(chip, files);
  for (const [name, bytes] of content) await files.createFile(join(chip, name), bytes);
  await files.syncDirectory(chip);
}

/** The files of a new chip by name. @throws SelvageError `entropy-failed`, `length-out-of-range` for facts too long */
function chipContent({
  core = nativeCore,
  entropy = systemEntropy,
  slot = usualSlot,
  facts = null,
}: NewBoardOptions): (readonly [string, Uint8Array])[] {
  const secret = UniqueKey.draw(entropy);
  const uniqueKey = new UniqueKey(core, secret);
  const counters = Object.values(boardCounters).map(
    (name) => [counterPath('', name), CellCounter.image(counterCheck(core, uniqueKey, name))] as const,
  );
  const content = [
    ['unique-key', keyFile(core, secret.reveal())],
    ['description', description(core, uniqueKey, { ...slot, facts })],
    ['otp', Otp.image({ core, uniqueKey })],
    ...counters,
  ] as const;
  secret.dispose();
  return [...content];
}

/** A directory without the files that a making left that was cut short. */
async function makeEmpty(path: string, files: FileSystem): Promise<void> {
  await files.makeDirectory(path);
  for (const entry of await files.list(path)) await files.remove(join(path, entry));
}

function keyFile(core: CryptoCore, key: Uint8Array): Uint8Array {
  const file = encode(uniqueKeyFile, { magic: 0x4b455931, key, check: new Uint8Array(checkLength) });
  return checked(file, hashCheck(core));
}

function description(
  core: CryptoCore,
  uniqueKey: UniqueKey,
  { facts, ...geometry }: FlashGeometry & { readonly facts: CborValue },
): Uint8Array {
  const check = new Uint8Array(checkLength);
  const file = encode(descriptionFile, { format: 1, ...geometry, facts: encodeCbor(facts), check });
  return checked(file, keyedCheck(core, uniqueKey.deriveKey('description', 32).reveal()));
}

/** With the check at its end. */
function checked(file: Uint8Array, check: (content: Uint8Array) => Uint8Array): Uint8Array {
  const end = file.length - checkLength;
  file.set(check(file.subarray(0, end)), end);
  return file;
}
