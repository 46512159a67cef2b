import type { Secret } from '@selvage/core';

/** Who the peer proved to be. */
export type PeerIdentity =
  /** Nobody in particular: anonymous ECDH, or a client that was not asked for a certificate. */
  | { readonly kind: 'anonymous' }
  /** Somebody who knows the passphrase. */
  | { readonly kind: 'passphrase' }
  /** Somebody who knows the key of this identity (as a server sees its client) or hint (as a client sees its server). */
  | {
      readonly kind: 'psk';
      readonly identity: Uint8Array;
      /**
       * At a server: the key itself, as `keyForIdentity` gave it. A handshake may last; who changes keys meanwhile sees by
       * it which one was used. Absent in a session that was resumed from where keys are not kept.
       */
      readonly key?: Secret;
    }
  /** The holder of the first certificate's key. Certificates are DER, leaf first; the chain was judged by the caller. */
  | { readonly kind: 'certificate'; readonly chain: readonly Uint8Array[]; readonly publicKey: Uint8Array };
