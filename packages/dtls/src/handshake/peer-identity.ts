/** Who the peer proved to be. */
export type PeerIdentity =
  /** Nobody in particular: anonymous ECDH, or a client that was not asked for a certificate. */
  | { readonly kind: 'anonymous' }
  /** Somebody who knows the passphrase. */
  | { readonly kind: 'passphrase' }
  /** Somebody who knows the key of this identity (as a server sees its client) or hint (as a client sees its server). */
  | { readonly kind: 'psk'; readonly identity: Uint8Array }
  /** The holder of the first certificate's key. Certificates are DER, leaf first; the chain was judged by the caller. */
  | { readonly kind: 'certificate'; readonly chain: readonly Uint8Array[]; readonly publicKey: Uint8Array };
