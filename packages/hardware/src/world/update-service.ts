import { decode, encodeCbor, FormatError } from '@selvage/core';
import type { FirmwareUpdate } from '../boot/firmware-update.js';
import type { ChannelRequest } from '../channel/inbound.js';
import { operations, updatePart, updateSize } from './board-protocol.js';

/** What the service needs of an update. */
export type BoardUpdate = Pick<
  FirmwareUpdate,
  'status' | 'begin' | 'write' | 'finish' | 'install' | 'cancel' | 'clean' | 'confirm' | 'reject'
>;

const none = new Uint8Array(0);

/** The board's end of the operations of an update. @throws FormatError for one that there is not; as the update */
export async function serveUpdate(update: BoardUpdate, { operation, body }: ChannelRequest): Promise<Uint8Array> {
  if (operation === operations.updateStatus) return encodeCbor({ ...update.status });
  await changeOf(update, operation, body);
  return none;
}

function changeOf(update: BoardUpdate, operation: number, body: Uint8Array): Promise<void> {
  switch (operation) {
    case operations.updateBegin:
      return update.begin(decode(updateSize, body).size);
    case operations.updateWrite: {
      const { offset, bytes } = decode(updatePart, body);
      return update.write(offset, bytes);
    }
    case operations.updateFinish:
      return update.finish();
    case operations.updateInstall:
      return update.install();
    case operations.updateCancel:
      return update.cancel();
    case operations.updateClean:
      return update.clean();
    case operations.updateConfirm:
      return update.confirm();
    case operations.updateReject:
      return update.reject();
    default:
      throw new FormatError('invalid-value', `the board has no operation ${operation}`);
  }
}
