import type { HandshakeMessage } from '../protocol/handshake.js';
import type { ClientHello } from '../protocol/hello.js';
import type { ClientFlight } from './client-flight.js';
import type { ServerOffer } from './key-exchange/agreement.js';
import type { SessionSecrets } from './key-schedule.js';
import type { Agreed } from './negotiation.js';
import type { PeerIdentity } from './peer-identity.js';
import type { Transcript } from './transcript.js';

/**
 * The server's states, by what it waits for:
 *
 * ```
 *   client-hello ──▶ [signature of ServerKeyExchange] ──▶ ServerHello … ServerHelloDone ──▶ client-flight
 *        │ resumes                    [Certificate] ClientKeyExchange [CertificateVerify] │
 *        ▼                                                           [verdict] ◀──────────┤
 *   ServerHello, Finished ──────────────────────────────▶ finished ◀─────────────────────-┘
 *                                          client's Finished │
 *                                                        complete
 * ```
 */
export type ServerState =
  | { readonly at: 'client-hello' }
  | { readonly at: 'signature'; readonly offered: Offered }
  | { readonly at: 'client-flight'; readonly offered: Offered; readonly messages: readonly HandshakeMessage[] }
  | { readonly at: 'verdict'; readonly offered: Offered; readonly flight: ClientFlight; readonly peer: PeerIdentity }
  | { readonly at: 'finished'; readonly pending: Pending }
  | { readonly at: 'complete' };

/** Our half of the handshake: what was said up to ServerHelloDone, and the offer the client answers. */
export interface Offered {
  readonly hello: ClientHello;
  readonly random: Uint8Array;
  readonly sessionId: Uint8Array;
  readonly agreed: Agreed;
  readonly offer: ServerOffer;
  readonly asked: boolean;
  /** The sequence of the first message of the client's answer. */
  readonly answerStart: number;
  readonly messages: readonly HandshakeMessage[];
  readonly transcript: Transcript;
}

/** A session that only the client's Finished is missing from. */
export interface Pending {
  readonly agreed: Agreed;
  readonly peer: PeerIdentity;
  readonly sessionId: Uint8Array;
  readonly resumed: boolean;
  readonly secrets: SessionSecrets;
  readonly transcript: Transcript;
  /** Where to go back to when these keys prove false; `undefined` where there is no second try. */
  readonly offered: Offered | undefined;
}
