import { toHex } from '@selvage/core';
import { encodePem, encodePemChain } from '@selvage/pki';
import { judgedAt } from '../support/chains.js';
import { inFolder, inLanes, openssl } from '../support/openssl.js';
import type { Row } from './table.js';

/** What OpenSSL makes of a row. */
export interface OpensslVerdict {
  readonly row: Row;
  readonly accepts: boolean;
  readonly output: string;
}

/** Leaves that one process judges at most. */
const mostLeaves = 100;
const lanes = 3;

/**
 * Has `openssl verify` judge rows at the same moment as we. Every trusted certificate is an anchor for it as for us
 * (`-partial_chain`), and the purpose is that of a server, which every leaf of the table has. Rows that differ in their
 * leaf alone share a process, because starting one takes longer than a hundred verdicts.
 */
export async function opensslVerdicts(rows: readonly Row[]): Promise<OpensslVerdict[]> {
  const verdicts: OpensslVerdict[] = [];
  await inFolder((file) =>
    inLanes(batchesOf(rows), lanes, async (batch, lane) => {
      verdicts.push(...(await judgeBatch(batch, (name, pem) => file(`${lane}-${name}`, pem))));
    }),
  );
  return verdicts;
}

async function judgeBatch(
  batch: readonly Row[],
  file: (name: string, pem: string) => string,
): Promise<OpensslVerdict[]> {
  const [{ chain, anchor, lists, needsLists }] = batch as [Row, ...Row[]];
  const words = ['verify', '-attime', `${judgedAt / 1000}`, '-partial_chain', '-purpose', 'sslserver'];
  words.push('-CAfile', file('anchor.pem', encodePem('CERTIFICATE', anchor)));
  if (chain.length > 1) words.push('-untrusted', file('between.pem', encodePemChain(chain.slice(1))));
  if (needsLists) words.push('-crl_check_all');
  if (lists.length > 0) {
    words.push('-CRLfile', file('lists.pem', lists.map((der) => encodePem('X509 CRL', der)).join('')));
  }
  const leaves = batch.map(({ chain: [leaf] }, at) =>
    file(`leaf${at}.pem`, encodePem('CERTIFICATE', leaf as Uint8Array)),
  );
  const { output } = await openssl(...words, ...leaves);
  const lines = new Set(output.split('\n'));
  return batch.map((row, at) => ({ row, accepts: lines.has(`${leaves[at]}: OK`), output }));
}

function batchesOf(rows: readonly Row[]): Row[][] {
  const batches = new Map<string, Row[]>();
  for (const row of rows) {
    const parts = [...row.chain.slice(1), row.anchor, ...row.lists].map(toHex);
    const name = [row.needsLists, ...parts].join('/');
    batches.set(name, [...(batches.get(name) ?? []), row]);
  }
  return [...batches.values()].flatMap((batch) =>
    Array.from({ length: Math.ceil(batch.length / mostLeaves) }, (_, at) =>
      batch.slice(at * mostLeaves, (at + 1) * mostLeaves),
    ),
  );
}
