import { encodePem, encodePemChain } from '@selvage/pki';
import { judgedAt } from '../support/chains.js';
import { type Outcome, openssl } from '../support/openssl.js';
import type { Row } from './table.js';

/**
 * Has `openssl verify` judge a row at the same moment. Every trusted certificate is an anchor for it as for us
 * (`-partial_chain`), and the purpose is that of a server, which every leaf of the table has.
 */
export function opensslVerify(
  row: Row,
  file: (name: string, contents: string) => string,
  prefix: string,
): Promise<Outcome> {
  const [leaf = new Uint8Array(0), ...between] = row.chain;
  const words = ['verify', '-attime', `${judgedAt / 1000}`, '-partial_chain', '-purpose', 'sslserver'];
  words.push('-CAfile', file(`${prefix}-anchor.pem`, encodePem('CERTIFICATE', row.anchor)));
  if (between.length > 0) words.push('-untrusted', file(`${prefix}-between.pem`, encodePemChain(between)));
  if (row.needsLists) words.push('-crl_check_all');
  if (row.lists.length > 0) {
    const lists = row.lists.map((der) => encodePem('X509 CRL', der)).join('');
    words.push('-CRLfile', file(`${prefix}-lists.pem`, lists));
  }
  return openssl(...words, file(`${prefix}-leaf.pem`, encodePem('CERTIFICATE', leaf)));
}
