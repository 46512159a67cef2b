import { OpenThreadEther } from './openthread-ether.js';

/** Above the ports that systems give to anybody, however large a network OpenThread was built for. */
const [firstOffset, offsets] = [52, 2] as const;

/** An ether for a mesh, of this worker alone: tests of one worker come one after the other. */
export function meshEther(speed = 1): OpenThreadEther {
  const worker = Number(process.env['VITEST_POOL_ID'] ?? '0');
  return new OpenThreadEther(firstOffset + (worker % offsets), speed);
}
