import { bytesEqual } from '@selvage/core';
import { isNameWithin } from './compare.js';
import type { GeneralName } from './general-name.js';

/**
 * Whether a name lies in the subtree of a base of the same kind (RFC 5280 §4.2.1.10); `undefined` where names of this
 * kind, or this name, cannot be compared.
 */
export function matchesSubtree(name: GeneralName, base: GeneralName): boolean | undefined {
  if (name.kind === 'directoryName' && base.kind === 'directoryName') return isNameWithin(name.name, base.name);
  if (name.kind === 'iPAddress' && base.kind === 'iPAddress') return isAddressWithin(name.bytes, base.bytes);
  if (name.kind === 'registeredID' && base.kind === 'registeredID') return undefined;
  if (!('text' in name && 'text' in base)) return undefined;
  const [text, tree] = [name.text, base.text.toLowerCase()];
  switch (name.kind) {
    case 'dNSName':
      return isHostWithin(text, tree);
    case 'rfc822Name':
      return isMailWithin(text, tree);
    case 'uniformResourceIdentifier':
      return isUriWithin(text, tree);
  }
}

/** Labels may be added on the left, none of them needed; a leading dot, which some write, wants at least one. */
function isHostWithin(host: string, tree: string): boolean {
  const text = host.toLowerCase();
  if (tree === '' || text === tree) return true;
  return text.endsWith(tree.startsWith('.') ? tree : `.${tree}`);
}

/** One mailbox, all on one host, or with a leading dot all on the hosts below it. */
function isMailWithin(address: string, tree: string): boolean {
  const at = address.lastIndexOf('@');
  const host = address.slice(at + 1).toLowerCase();
  if (tree.includes('@')) {
    // The part before the @ belongs to the host, which may tell cases apart.
    return `${address.slice(0, at)}@${host}`.toLowerCase() === tree;
  }
  return tree.startsWith('.') ? host.endsWith(tree) : host === tree;
}

/** The host of a URI with an authority: itself, or with a leading dot the hosts below. Without a host name: unknown. */
function isUriWithin(uri: string, tree: string): boolean | undefined {
  const host = /^[a-z][a-z0-9+.-]*:\/\/(?:[^/?#@]*@)?([^/?#:@[\]]+)(?::\d*)?(?:[/?#]|$)/i.exec(uri)?.[1]?.toLowerCase();
  if (host === undefined || /^[\d.]+$/.test(host)) return undefined;
  return tree.startsWith('.') ? host.endsWith(tree) : host === tree;
}

/** A network is an address and a mask of the same length; another family is another network. */
function isAddressWithin(address: Uint8Array, network: Uint8Array): boolean | undefined {
  if (network.length !== 8 && network.length !== 32) return undefined;
  const half = network.length / 2;
  if (address.length !== half) return false;
  const [base, mask] = [network.subarray(0, half), network.subarray(half)];
  const masked = (bytes: Uint8Array): Uint8Array => bytes.map((byte, at) => byte & (mask[at] as number));
  return bytesEqual(masked(address), masked(base));
}
