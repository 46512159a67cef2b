/** The firmware as an image carries it: the loader calls `start` with the channel to the board. */
import { systemEntropy } from '@selvage/core';
import { systemClock } from '@selvage/core/node';
import { nativeCore } from '@selvage/crypto';
import { firmwareEntry } from '@selvage/hardware';
import { startFirmware } from '../firmware/start.js';

/** Starts the device. @throws SelvageError (rejects) as {@link startFirmware} */
export const start = firmwareEntry(async (api) => {
  await startFirmware(api, { core: nativeCore, clock: systemClock, entropy: systemEntropy });
});
