import { existsSync } from 'node:fs';
import { SelvageError } from '@selvage/core';

/** To whom a datagram goes, and what it says. */
export interface Sent {
  readonly address: string;
  readonly port: number;
  readonly text: string;
}

const [firstPort, lastPort] = [1, 0xffff] as const;

/** `ping [dataset] <address>`. @throws SelvageError `invalid-argument` */
export function pingWords(words: readonly string[]): {
  readonly dataset: string | undefined;
  readonly address: string;
} {
  const { dataset, rest } = withoutDataset(words);
  const [address, ...more] = rest;
  if (address === undefined) throw wrong('there is nobody to ping', 'give an IPv6 address of the mesh');
  if (more.length > 0) throw wrong(`${JSON.stringify(more.join(' '))} is too much`, 'give a dataset and an address');
  return { dataset, address };
}

/** `diag [dataset] [address]`. @throws SelvageError `invalid-argument` */
export function optionalAddress(words: readonly string[]): {
  readonly dataset: string | undefined;
  readonly address: string | undefined;
} {
  const { dataset, rest } = withoutDataset(words);
  const [address, ...more] = rest;
  if (more.length > 0) throw wrong(`${JSON.stringify(more.join(' '))} is too much`, 'give a dataset and an address');
  return { dataset, address };
}

/** `udp [dataset] [address] [port] [text]`. @throws SelvageError `invalid-argument` */
export function udpWords(words: readonly string[]): {
  readonly dataset: string | undefined;
  readonly to: Sent | undefined;
} {
  const { dataset, rest } = withoutDataset(words);
  const [address, port, text = '', ...more] = rest;
  if (more.length > 0) throw wrong(`${JSON.stringify(more.join(' '))} is too much`, 'put quotes around the text');
  if (address === undefined) return { dataset, to: undefined };
  if (port === undefined) throw wrong('the port is left out', 'give an address, a port and a text');
  return { dataset, to: { address, port: portNumber(port), text } };
}

/** An address has colons in it, and a dataset is hexadecimal, a file, or - for standard input. */
function withoutDataset(words: readonly string[]): {
  readonly dataset: string | undefined;
  readonly rest: readonly string[];
} {
  const [first, ...rest] = words;
  const isAddress = first?.includes(':') === true && !existsSync(first);
  return first === undefined || isAddress ? { dataset: undefined, rest: words } : { dataset: first, rest };
}

function portNumber(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= firstPort && port <= lastPort) return port;
  throw wrong(`${JSON.stringify(text)} is no port`, `give a number from ${firstPort} to ${lastPort}`);
}

function wrong(problem: string, remedy: string): SelvageError {
  return new SelvageError('invalid-argument', problem, { remedy });
}
