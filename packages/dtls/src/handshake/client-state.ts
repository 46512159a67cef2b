import type { DtlsSession } from '../connection/session.js';
import type { HandshakeMessage } from '../protocol/handshake.js';
import type { ClientAgreement } from './key-exchange/agreement.js';
import type { SessionSecrets } from './key-schedule.js';
import type { Agreed } from './negotiation.js';
import type { PeerIdentity } from './peer-identity.js';
import type { ServerFlight } from './server-flight.js';
import type { Transcript } from './transcript.js';

/**
 * The client's states, by what it waits for:
 *
 * ```
 *   ClientHello ──▶ server-flight ◀── HelloVerifyRequest (again, with the cookie)
 *        ServerHello … ServerHelloDone │          │ ServerHello that resumes
 *        [verdict] ◀── certificate ────┤          │
 *        [signature] ◀── was asked ────┤          │
 *   ClientKeyExchange … Finished ──▶ finished ◀───┘
 *                    server's Finished │
 *                                  complete
 * ```
 */
export type ClientState =
  | { readonly at: 'server-flight'; readonly messages: readonly HandshakeMessage[] }
  | { readonly at: 'verdict'; readonly read: ReadFlight }
  | { readonly at: 'signature'; readonly answer: Answer }
  | { readonly at: 'finished'; readonly pending: Pending }
  | { readonly at: 'complete' };

/** The server's flight after every proof in it verified. */
export interface ReadFlight {
  readonly flight: ServerFlight;
  readonly agreed: Agreed;
  readonly agreement: ClientAgreement;
  readonly peer: PeerIdentity;
}

/** The client's answer so far: messages up to ClientKeyExchange, and the keys they lead to. */
export interface Answer {
  readonly read: ReadFlight;
  readonly messages: readonly HandshakeMessage[];
  readonly transcript: Transcript;
  readonly secrets: SessionSecrets;
}

/** A session that only the server's Finished is missing from. */
export interface Pending {
  readonly session: DtlsSession;
  readonly secrets: SessionSecrets;
  readonly transcript: Transcript;
}
