/** The firmware as an image carries it: the loader calls `start` with what the board grants. */
import { systemEntropy } from '@selvage/core';
import { systemClock } from '@selvage/core/node';
import { nativeCore } from '@selvage/crypto';
import type { GrantedApi } from '../firmware/granted-api.js';
import { startFirmware } from '../firmware/start.js';

/** Starts the device. @throws SelvageError (rejects) as {@link startFirmware} */
export async function start(api: GrantedApi): Promise<void> {
  await startFirmware(api, { core: nativeCore, clock: systemClock, entropy: systemEntropy });
}
