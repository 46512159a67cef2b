import type { Method } from '@selvage/coap';

/** The interfaces of resources: what of a resource a request is about, and what it may do with that. */
export const interfaceNames = [
  'oic.if.baseline',
  'oic.if.ll',
  'oic.if.b',
  'oic.if.r',
  'oic.if.rw',
  'oic.if.a',
  'oic.if.s',
] as const;

/** An interface: baseline (with the common properties), links list, batch, read, read-write, actuator, sensor. */
export type InterfaceName = (typeof interfaceNames)[number];

const retrieveOnly: ReadonlySet<string> = new Set<InterfaceName>(['oic.if.ll', 'oic.if.r', 'oic.if.s']);

/** Whether an interface has a method at all; whether its resource does is another question. */
export function interfaceAllows(name: InterfaceName, method: Method): boolean {
  return method === 'GET' || !retrieveOnly.has(name);
}
