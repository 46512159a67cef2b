import { type CborInput, SelvageError } from '@selvage/core';
import { type DeviceEvent, nilUuid, type OcfDevice } from '@selvage/ocf';
import type { UdpAddress } from '@selvage/core/node';

/** What a device's console says of an event, as JSON and CBOR have it. */
export function newsOf(event: DeviceEvent, device: OcfDevice<UdpAddress>): Readonly<Record<string, CborInput>> {
  switch (event.kind) {
    case 'state': {
      const { state, before, owner } = event;
      return { event: 'state', state, before, device: device.deviceId, ...(owner !== nilUuid && { owner }) };
    }
    case 'changed': {
      const { path, values, by } = event.change;
      return { event: 'changed', path, values: values as Readonly<Record<string, CborInput>>, by };
    }
    case 'denied': {
      const { method, path, peer } = event;
      return { event: 'denied', method, path, peer };
    }
    case 'handshake-failed':
      return { event: 'handshake-failed', from: event.from, error: plainError(event.error) };
    case 'failed':
      return { event: 'failed', error: plainError(event.error) };
  }
}

/** An error as those hear of it who are not in this process. */
export function plainError(error: unknown): Readonly<Record<string, CborInput>> {
  if (!(error instanceof SelvageError)) return { code: 'internal', message: String(error) };
  const { code, message, details, remedy } = error;
  return { code, message, ...(details && { details: { ...details } }), ...(remedy !== undefined && { remedy }) };
}
