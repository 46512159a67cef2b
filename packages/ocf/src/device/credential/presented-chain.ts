import { namesEqual, readCertificate } from '@selvage/pki';

/** What of a stored chain is shown to others: not the root, which they must have already. */
export function presentedChain(chain: readonly Uint8Array[]): readonly Uint8Array[] {
  const last = chain[chain.length - 1];
  if (chain.length < 2 || last === undefined) return chain;
  const { issuer, subject } = readCertificate(last);
  return namesEqual(issuer, subject) ? chain.slice(0, -1) : chain;
}
