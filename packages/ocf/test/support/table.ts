import { type CborInput, type CborValue, decodeCbor, encodeCbor } from '@selvage/core';
import {
  type DeviceFacts,
  type DeviceModel,
  type Outcome,
  parseUuid,
  type Requester,
  ResourceTable,
} from '../../src/index.js';
import { securityResources } from '../../src/device/resource/facts.js';

/** Who the devices of these tests are. */
export const facts: DeviceFacts = {
  device: parseUuid('20158d20-8ca4-41f5-7b90-61f8574fc331'),
  permanent: parseUuid('bbd9a36a-01b7-4a18-6657-5e4ec025f7c3'),
  platform: parseUuid('c6b063ff-5818-476c-536b-7024f1cf0c63'),
  domain: undefined,
};

/** A requester over DTLS that may do everything. */
export const owner: Requester = {
  endpoints: { coap: 'coap://[fe80::1]:5683', coaps: 'coaps://[fe80::1]:5684' },
  secured: true,
  openSecurity: false,
  allows: () => true,
};

/** A stranger at an un-owned device. */
export const stranger: Requester = { ...owner, secured: false, openSecurity: true };

/** The resources of a device. */
export function tableOf(model: DeviceModel, changes: Partial<DeviceFacts> = {}): ResourceTable {
  return new ResourceTable({ model, facts: { ...facts, ...changes }, security: Object.values(securityResources) });
}

/** What a request to a table gave: the code, and the representation in plain data. */
export interface Answer {
  readonly code: string;
  readonly value?: unknown;
}

/** Makes a GET of a path that may have a query: `/switch?if=oic.if.baseline`. */
export function get(table: ResourceTable, uri: string, requester = owner): Answer {
  return answerOf(table.handle({ method: 'GET', ...split(uri) }, requester));
}

/** Makes a POST as it comes over the wire, and applies it. */
export function post(table: ResourceTable, uri: string, value: CborInput, requester = owner): Answer {
  const outcome = table.handle({ method: 'POST', ...split(uri), value: decodeCbor(encodeCbor(value)) }, requester);
  table.apply(outcome.changes);
  return answerOf(outcome);
}

/** An outcome in plain data. */
export function answerOf({ code, payload }: Outcome): Answer {
  return payload === undefined ? { code } : { code, value: plain(decodeCbor(payload)) };
}

/** A decoded value in plain data: its maps as objects. */
export function plain(value: CborValue): unknown {
  if (value instanceof Map) {
    return Object.fromEntries([...value].map(([key, item]) => [key, plain(item as CborValue)] as const));
  }
  return Array.isArray(value) ? value.map((item) => plain(item as CborValue)) : value;
}

function split(uri: string): { path: string; query: string[] } {
  const [path = '', query] = uri.split('?');
  return { path, query: query === undefined ? [] : query.split('&') };
}
