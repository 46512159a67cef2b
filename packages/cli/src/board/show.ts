import { SelvageError, toHex, toJson } from '@selvage/core';
import { nativeCore } from '@selvage/crypto';
import { type SlotIndex, verifyImage, versionText } from '@selvage/hardware';
import { type FileBoard } from '@selvage/hardware/node';
import { dataLines } from '../ca/describe.js';
import type { Report } from '../ca/report.js';
import { withBoard } from './with-board.js';

/** `board show`: what is in the chip and in the flash beside it. @throws SelvageError `store-in-use` while it is on. */
export async function showBoard(report: Report, folder: string): Promise<void> {
  await withBoard(folder, async (board) => {
    const data = await described(board);
    report.show({ event: 'board', data: { folder, ...data }, lines: dataLines({ folder, ...data }) });
  });
}

async function described(board: FileBoard): Promise<Record<string, unknown>> {
  const { otp, securityCounter, resetButton, facts } = board;
  const about = toJson(facts) as Readonly<Record<string, unknown>>;
  return {
    ...about,
    lifeCycle: otp.lifeCycle,
    debugLocked: otp.debugLocked,
    rootKeys: otp.rootKeys.map(({ hash, revoked }) => `${toHex(hash)}${revoked ? ', revoked' : ''}`),
    securityCounter: await securityCounter.read(),
    resetPending: await resetButton.isPending(),
    slot0: await slotText(board, 0),
    slot1: await slotText(board, 1),
  };
}

async function slotText({ slots, otp }: FileBoard, index: SlotIndex): Promise<string> {
  const flash = slots[index];
  const bytes = await flash.read(0, flash.size);
  if (bytes.subarray(0, 4).every((byte) => byte === 0xff)) return 'empty';
  const keys = otp.rootKeys.filter(({ revoked }) => !revoked).map(({ publicKey }) => publicKey);
  try {
    const { version, securityCounter, digest } = verifyImage(bytes, { core: nativeCore, keys });
    const counter = securityCounter === undefined ? 'no security counter' : `security counter ${securityCounter}`;
    return `version ${versionText(version)}, ${counter}, ${toHex(digest.subarray(0, 8))}…`;
  } catch (error) {
    if (error instanceof SelvageError) return `refused: ${error.message}`;
    throw error;
  }
}
