import { type CborMap, decodeCbor, encode, SelvageError } from '@selvage/core';
import type { Channel } from '../channel/channel.js';
import { operations, services, updatePart, updateSize } from './board-protocol.js';
import type { UpdateStatus } from '../boot/update-state.js';
import type { GrantedUpdate } from './granted-api.js';

const none = new Uint8Array(0);

/** The firmware's end of the update service. */
export function updateClient(channel: Channel): GrantedUpdate {
  const ask = (operation: number, body: Uint8Array = none) => channel.request(services.board, operation, body);
  const done = async (operation: number, body?: Uint8Array): Promise<void> => {
    await ask(operation, body);
  };
  return {
    status: async () => statusOf(await ask(operations.updateStatus)),
    begin: (size) => done(operations.updateBegin, encode(updateSize, { size })),
    write: (offset, bytes) => done(operations.updateWrite, encode(updatePart, { offset, bytes })),
    finish: () => done(operations.updateFinish),
    install: () => done(operations.updateInstall),
    cancel: () => done(operations.updateCancel),
    clean: () => done(operations.updateClean),
    confirm: () => done(operations.updateConfirm),
    reject: () => done(operations.updateReject),
  };
}

/** The board is believed: it is what the firmware stands on. */
function statusOf(body: Uint8Array): UpdateStatus {
  const value = decodeCbor(body);
  if (!(value instanceof Map)) throw new SelvageError('invalid-value', 'the status of an update is a map');
  return Object.fromEntries(value as CborMap as ReadonlyMap<string, never>) as unknown as UpdateStatus;
}
