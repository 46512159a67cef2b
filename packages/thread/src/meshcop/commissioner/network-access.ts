import type { SelvageError } from '@selvage/core';
import type { RelayedDatagram } from '../relay/relay-messages.js';

/** To whom a commissioner speaks. */
export type Correspondent =
  /** Whoever looks after its petition: the border agent of an external commissioner, the leader of a native one. */
  | { readonly kind: 'agent' }
  | { readonly kind: 'leader' }
  /** A node, or a group of nodes, by its IPv6 address. */
  | { readonly kind: 'node'; readonly address: Uint8Array };

/** What a commissioner wants of its way into the network. */
export type NetworkRequest =
  /** A POST of TLVs; it is answered by `response` with the same id where it is confirmable. */
  | {
      readonly kind: 'request';
      readonly id: number;
      readonly path: string;
      readonly payload: Uint8Array;
      readonly to: Correspondent;
      readonly confirmable: boolean;
    }
  /** RLY_TX. */
  | { readonly kind: 'relay'; readonly datagram: RelayedDatagram };

/** What a commissioner's way into the network tells it. */
export type NetworkNews =
  | {
      readonly kind: 'response';
      readonly id: number;
      /** Undefined where there was none, or it was no 2.04. */
      readonly payload: Uint8Array | undefined;
      readonly error?: SelvageError;
    }
  /** RLY_RX. */
  | { readonly kind: 'relayed'; readonly datagram: RelayedDatagram }
  /** What nodes tell of themselves: energy reports, PAN ID conflicts, changed datasets. */
  | {
      readonly kind: 'notification';
      readonly path: string;
      readonly payload: Uint8Array;
      readonly from: Uint8Array | undefined;
    };
