import { UdpPort } from '@selvage/core/node';

/** A UDP port that nobody uses, for a program that does not say which one the system chose for it. */
export async function freePort(): Promise<number> {
  // Both families: some programs bind both.
  const port = await UdpPort.bind({ address: '::' });
  const { port: number } = port.local;
  port.close();
  return number;
}
