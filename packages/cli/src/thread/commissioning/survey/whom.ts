import { decode, SelvageError } from '@selvage/core';
import {
  allThreadNodes,
  anycastLocators,
  type CommissionerRunner,
  Dataset,
  type Ip6Prefix,
  ip6Text,
  isMulticast,
  locatorAddress,
  meshcopTlvs,
  parseIp6,
  type RequestDone,
} from '@selvage/thread';
import { type Surface, unlessInterrupted } from '../../../terminal/surface.js';
import { askedLeader } from '../way-in/active-commissioner.js';

/** Whom a commissioner asks. */
export interface Whom {
  readonly address: Uint8Array;
  readonly isGroup: boolean;
  readonly text: string;
}

/** The argument that says it. */
export const whomArgument = [
  '[node]',
  'whom: all, leader, an RLOC16 such as 5c00, or an IPv6 address of the mesh',
  'all',
] as const;
const prefixLength = 64;

/** Reads `all`, `leader`, `5c00` or an IPv6 address, with the prefix that the leader tells. @throws SelvageError `invalid-argument` */
export async function whom(runner: CommissionerRunner, word: string): Promise<Whom> {
  const address = await addressOf(runner, word);
  return { address, isGroup: isMulticast(address), text: word === 'all' ? 'all nodes' : word };
}

/** Asks; resolves when a node has said that it will do it, or when a group has been told. @throws SelvageError `timed-out`, `request-refused` */
export async function asking(
  surface: Surface,
  { isGroup, text }: Whom,
  ask: (done: RequestDone | undefined) => void,
): Promise<void> {
  if (isGroup) return ask(undefined);
  const answered = new Promise<void>((resolve, reject) => {
    ask((payload, error) => {
      if (payload !== undefined) return resolve();
      const lost = error === undefined || error.code === 'timed-out';
      const remedy = 'see who is there, and where: thread topology, or thread commissioner diag';
      reject(lost ? new SelvageError('timed-out', `${text} does not answer`, { remedy }) : error);
    });
  });
  await unlessInterrupted(surface, answered);
}

async function addressOf(runner: CommissionerRunner, word: string): Promise<Uint8Array> {
  if (word.includes(':')) return parseIp6(word);
  if (word === 'all') return allThreadNodes('realm', await meshLocal(runner));
  if (word === 'leader') return locatorAddress(await meshLocal(runner), anycastLocators.leader);
  if (/^(0x)?[0-9a-f]{4}$/i.test(word)) {
    return locatorAddress(await meshLocal(runner), Number.parseInt(word.replace(/^0x/i, ''), 16));
  }
  throw new SelvageError('invalid-argument', `${JSON.stringify(word)} is no node`, {
    remedy: 'give all, leader, an RLOC16 of 4 hexadecimal digits, or an IPv6 address of the mesh',
  });
}

async function meshLocal(runner: CommissionerRunner): Promise<Ip6Prefix> {
  const [type] = meshcopTlvs.declarations.meshLocalPrefix;
  const told = await askedLeader(runner, 'c/ag', [{ type: 'get', value: [type] }]);
  const address =
    Dataset.decode(told).get('meshLocalPrefix') ?? meshcopTlvs.first(decode(meshcopTlvs, told), 'meshLocalPrefix');
  if (address !== undefined) return { address, length: prefixLength };
  throw new SelvageError('request-refused', 'the leader does not tell the mesh-local prefix', {
    remedy: 'give the IPv6 address of the node',
  });
}

/** An address of the mesh as people write it; its RLOC16 where it is a locator. */
export function nodeText(address: Uint8Array | undefined): string {
  return address === undefined ? 'a node' : ip6Text(address);
}
