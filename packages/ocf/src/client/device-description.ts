import type { CoapTransport } from '@selvage/coap';
import { type CborValue, type PeerAddress, SelvageError } from '@selvage/core';
import { ocfRequest } from '../payload/request.js';
import { readResponse } from '../payload/response.js';
import type { Valued } from '../property/property-type.js';
import { optional, record } from '../property/record.js';
import { text } from '../property/text.js';
import { uuid } from '../property/uuid.js';
import type { Uuid } from '../uuid/uuid.js';

const description = record({ n: optional(text()), piid: optional(uuid), di: optional(uuid) }, { unknown: 'ignore' });

/** What a device says of itself in `/oic/d`. */
export interface DeviceDescription {
  readonly device: Uuid | undefined;
  readonly name: string | undefined;
  /** Stays what it is when the device is reset. */
  readonly platform: Uuid | undefined;
}

/** Reads `/oic/d`. @throws FormatError `invalid-value`. */
export function readDescription(value: CborValue): DeviceDescription {
  const { n, piid, di }: Valued<typeof description> = description.read(value);
  return { device: di, name: n, platform: piid };
}

/** Asks a device for its description, unsecured; `undefined` where it does not tell. */
export async function describeDevice<Address extends PeerAddress>(
  coap: CoapTransport<Address>,
  from: Address,
  timeout: number,
): Promise<DeviceDescription | undefined> {
  try {
    const response = await coap.request(from, ocfRequest('GET', '/oic/d'), { timeout });
    return response.code === '2.05' ? readDescription(readResponse(response)) : undefined;
  } catch (error) {
    if (error instanceof SelvageError) return undefined;
    throw error;
  }
}
