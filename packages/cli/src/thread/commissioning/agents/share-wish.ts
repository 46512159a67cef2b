import { SelvageError } from '@selvage/core';

/** What another command wants of the agent that runs here. */
export interface ShareWish {
  /** How long the passcode is good, seconds. */
  readonly time: number;
  readonly listen: { readonly host: string; readonly port: number };
  readonly mdns: { readonly interface: string | undefined; readonly port: number };
  readonly name?: string | undefined;
}

const [longestTime, largestPort, longestText] = [600, 0xffff, 255] as const;

/** Reads a wish of one line. @throws SelvageError `invalid-argument` */
export function readWish(line: string): ShareWish {
  const { time, listen, mdns, name } = fieldsOf(parsed(line));
  const { host, port } = fieldsOf(listen);
  const { interface: address, port: dnsPort } = fieldsOf(mdns);
  if (!isWithin(time, 1, longestTime) || !isText(host) || !isWithin(port, 0, largestPort)) throw noWish();
  if (!isWithin(dnsPort, 1, largestPort) || !isOptionalText(address) || !isOptionalText(name)) throw noWish();
  return { time, listen: { host, port }, mdns: { interface: address, port: dnsPort }, name };
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    throw noWish();
  }
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) throw noWish();
  return value as Readonly<Record<string, unknown>>;
}

function isWithin(value: unknown, least: number, most: number): value is number {
  return Number.isInteger(value) && (value as number) >= least && (value as number) <= most;
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= longestText;
}

function isOptionalText(value: unknown): value is string | undefined {
  return value === undefined || isText(value);
}

function noWish(): SelvageError {
  return new SelvageError('invalid-argument', 'the request to share is malformed');
}
