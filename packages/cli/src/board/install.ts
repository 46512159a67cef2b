import { SelvageError } from '@selvage/core';
import { BootRom, bootLogLine, FirmwareUpdate, parseVersion } from '@selvage/hardware';
import type { Report } from '../ca/report.js';
import { step } from '../ca/step.js';
import { binaryFile } from '../firmware/inputs.js';
import { withBoard } from './with-board.js';

/** Bytes that are written at a time. */
const pieceLength = 65_536;

/**
 * `board install`: puts an image into the slot that the board does not start from; the next start tries it.
 * @throws SelvageError `image-refused`, `rollback-refused` for one that the board will not start, `wrong-state` where an
 *   image is on trial, `store-in-use` while the board is on.
 */
export async function install(report: Report, folder: string, file: string): Promise<void> {
  const image = await step('read the image', () => binaryFile('<image>', file));
  const version = await withBoard(folder, async (board) => {
    const secureWorld = { version: parseVersion('0.0.0'), digest: new Uint8Array(32) };
    const running = await new BootRom({ secureWorld }).boot(board);
    if (running.kind === 'off') {
      throw new SelvageError('boot-refused', `the board starts nothing: ${running.log.map(bootLogLine).at(-1)}`);
    }
    const update = await FirmwareUpdate.afterStart({ board, secureWorld, running });
    return step(`install ${file}`, async () => {
      await update.begin(image.length);
      for (let at = 0; at < image.length; at += pieceLength) {
        await update.write(at, image.subarray(at, at + pieceLength));
      }
      await update.finish();
      await update.install();
      return update.status.version;
    });
  });
  report.show({
    event: 'installed',
    data: { folder, file, version },
    lines: [
      `version ${version} is tried at the next start, and kept if it confirms itself: selvage board run ${folder}`,
    ],
  });
}
