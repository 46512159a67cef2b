/**
 * The life of a board, for a process that is killed in it: made, provisioned, filled, updated, tried and confirmed. It
 * goes on where an earlier process was killed, and tells of each operation on files before it does it.
 *
 *   node a-life.mjs <folder of the board> <folder of 1.0.0 and 2.0.0> <root key in hexadecimal>
 */
import { readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { fromHex } from '@selvage/core';
import { nodeFileSystem } from '@selvage/core/node';
import { BootRom, FirmwareUpdate, parseVersion, programSlot, versionText } from '@selvage/hardware';
import { createBoard, openBoard } from '@selvage/hardware/node';

const [folder = '', images = '', rootKey = ''] = process.argv.slice(2);
const secureWorld = { version: parseVersion('1.0.0'), digest: new Uint8Array(32) };
const rom = new BootRom({ secureWorld });

/** @type {import('@selvage/core/node').FileSystem} */
const files = {
  makeDirectory: (path) => telling(() => nodeFileSystem.makeDirectory(path)),
  createFile: (path, bytes) => telling(() => nodeFileSystem.createFile(path, bytes)),
  openToWrite: async (path) => {
    const file = await telling(() => nodeFileSystem.openToWrite(path));
    return { write: (bytes, place) => telling(() => file.write(bytes, place)), close: () => file.close() };
  },
  link: (from, to) => telling(() => nodeFileSystem.link(from, to)),
  rename: (from, to) => telling(() => nodeFileSystem.rename(from, to)),
  remove: (path) => telling(() => nodeFileSystem.remove(path)),
  syncDirectory: (path) => telling(() => nodeFileSystem.syncDirectory(path)),
  read: (path) => nodeFileSystem.read(path),
  list: (path) => nodeFileSystem.list(path),
};

await life();
tell('done');

async function life() {
  let board = await openBoard(folder, { files }).catch(() => undefined);
  board ??= await createBoard(folder, { files, slot: { size: 16_384, eraseSize: 4096, writeSize: 8 } });
  if (board.otp.lifeCycle === 'virgin') {
    await board.otp.provision({ rootKeys: [{ kind: 'ed25519', publicKey: fromHex(rootKey) }] });
  }
  let start = await rom.boot(board);
  if (start.kind === 'off') {
    await programSlot(board.slots[0], image('1.0.0'));
    start = await rom.boot(board);
  }
  tell('programmed');
  while (start.kind === 'start' && (versionText(start.image.version) !== '2.0.0' || start.trial)) {
    const update = await FirmwareUpdate.afterStart({ board, secureWorld, running: start });
    if (start.trial) await update.confirm();
    else await install(update);
    await board.close();
    board = await openBoard(folder, { files });
    start = await rom.boot(board);
  }
  await board.close();
}

/** @param {FirmwareUpdate} update */
async function install(update) {
  const bytes = image('2.0.0');
  await update.begin(bytes.length);
  for (let at = 0; at < bytes.length; at += 800) await update.write(at, bytes.subarray(at, at + 800));
  await update.finish();
  await update.install();
}

/** @param {string} version */
function image(version) {
  return new Uint8Array(readFileSync(join(images, version)));
}

/**
 * @template T
 * @param {() => Promise<T>} operation
 */
async function telling(operation) {
  tell('operation');
  return operation();
}

/** @param {string} line */
function tell(line) {
  writeSync(1, `${line}\n`);
}
