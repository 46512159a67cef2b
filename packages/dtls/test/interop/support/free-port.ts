import { SelvageError } from '@selvage/core';
import { UdpPort } from '@selvage/core/node';

/** A UDP port that nobody uses, for a program that does not say which one the system chose for it. */
export async function freePort(): Promise<number> {
  const port = await UdpPort.bind(bothFamilies);
  port.close();
  return port.local.port;
}

/** The first of two UDP ports in a row that nobody uses. */
export async function freePortPair(): Promise<number> {
  for (let attempts = 0; attempts < 20; attempts++) {
    const first = await freePort();
    try {
      (await UdpPort.bind({ ...bothFamilies, port: first + 1 })).close();
      return first;
    } catch (error) {
      if (!(error instanceof SelvageError)) throw error;
    }
  }
  throw new SelvageError('address-in-use', 'no two UDP ports in a row are free');
}

/** Some programs bind both. */
const bothFamilies = { address: '::' };
