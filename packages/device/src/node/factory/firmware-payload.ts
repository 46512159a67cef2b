import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { concat, SelvageError } from '@selvage/core';
import { partSeparator } from '@selvage/hardware/node';

/** Where the firmware's bundle is: what images are made of. The same from the sources as from the build. */
export const firmwarePayloadPath = fileURLToPath(new URL('../../../dist/bundle/firmware.js', import.meta.url));

/**
 * The firmware of devices, as it goes into an image.
 * @param version what it calls itself in its first line: images of one payload would be one measurement
 * @throws SelvageError `file-not-found` where the packages were compiled and not bundled
 */
export function firmwarePayload(version: string): Uint8Array {
  try {
    // A part of its own at the very beginning: what is first said does not wait until all is compiled.
    const first = `console.log(${JSON.stringify(`firmware ${version} starts`)});${partSeparator}`;
    return concat(new TextEncoder().encode(first), readFileSync(firmwarePayloadPath));
  } catch (cause) {
    throw new SelvageError('file-not-found', `there is no firmware in ${firmwarePayloadPath}`, {
      cause,
      remedy: 'npm run build',
    });
  }
}
