import type { Attack } from './campaign.js';

/** What must come of an attack. Alerts are those a side may send; `silence` stands for waiting in vain. */
export interface Expectation {
  readonly completes: 'must' | 'may' | 'must-not';
  readonly alerts: readonly string[];
}

/** A rule for the attacks whose `message kind what` it matches, where the indices of lists are left out. */
interface Rule {
  readonly attack: RegExp;
  /** Key exchanges or scenarios that the rule is limited to. */
  readonly only?: readonly string[];
  /** A scenario that the rule does not hold for. */
  readonly except?: string;
  readonly why: string;
}

/** Changes that nothing depends on: the handshake completes however often they are made. */
const harmless: readonly Rule[] = [
  { attack: / (duplicate|reorder) /, why: 'datagrams may come twice and in any order' },
  { attack: / replay before it/, why: 'what was read before is known by its number' },
  {
    attack: /^(?!finished).* flip record.sequence/,
    why: 'in the clear numbers are not authenticated, so nothing may hang on them',
  },
  {
    attack: /^hello_verify_request flip (handshake\.messageSequence|body\.version)/,
    why: 'HelloVerifyRequest stands outside the sequence, is never fragmented, and names any version (RFC 6347 §4.2.1)',
  },
  {
    attack:
      /^client_hello flip (record\.version|handshake\.(length|messageSequence)|body\.(version|random|sessionId) )/,
    why: 'the first ClientHello only asks for a cookie, whatever it says',
  },
  {
    attack: /^client_hello flip body\.(cipherSuites|compressionMethods|extensions)/,
    why: 'without a cookie a ClientHello is read no further than that',
  },
  {
    attack: /^client_hello (oversize (one|16000|claims)|truncate content short)/,
    why: 'without a cookie a ClientHello is read no further than that',
  },
];

/** Changes that may move what a stateless server reads of the first ClientHello, or not, as lengths fall. */
const undecided: readonly Rule[] = [
  {
    attack: /^client_hello flip (handshake\.fragmentLength|body\.(sessionId|cookie)\.length)/,
    why: 'the head of the ClientHello is still read where the rest of it is long enough',
  },
];

/**
 * Changes that their receiver has no way to see before Finished: it goes on with them, and as a flight is believed only
 * once, one of them is enough to end the handshake. Everything else that is changed once costs a retransmission at most.
 */
const believed: readonly Rule[] = [
  { attack: /^client_hello out-of-place client_hello_with_cookie/, why: 'it brings the right cookie' },
  { attack: /^client_hello_with_cookie flip handshake\.messageSequence first/, why: 'the server counts on from it' },
  {
    attack: /^client_hello_with_cookie flip handshake\.messageSequence last/,
    except: 'resumption',
    why: 'the server counts on from it',
  },
  { attack: /^client_hello_with_cookie flip body\.cipherSuites\[1\]/, why: 'a suite more or less that nobody chooses' },
  {
    attack: /^client_hello_with_cookie flip body\.extensions\[\d\]\.connection_id (first|last)/,
    why: 'any ID will do',
  },
  { attack: /^client_hello_with_cookie flip .*signature_algorithms\[/, why: 'a scheme more or less' },
  {
    attack: /^client_hello_with_cookie flip body\.extensions\[[012]\]\.type first/,
    why: 'an extension that nobody knows, in place of one that may be missing',
  },
  {
    attack: /^client_hello_with_cookie flip body\.extensions\[3\]\.type first/,
    only: ['ecdhe-ecdsa', 'ecdhe-psk', 'ecdh-anon'],
    why: 'as above',
  },
  { attack: /^client_hello_with_cookie flip body\.extensions\[4\]\.type first/, why: 'as above' },
  {
    attack: /^client_hello_with_cookie flip body\.extensions\[0\]\.type last/,
    only: ['psk'],
    why: 'extended_master_secret becomes encrypt_then_mac',
  },
  {
    attack: /^client_hello_with_cookie flip body\.extensions\[1\]\.type last/,
    only: ['ecjpake', 'ecdhe-ecdsa'],
    why: 'signature_algorithms becomes unknown',
  },
  {
    attack: /^client_hello_with_cookie flip body\.extensions\[3\]\.type last/,
    only: ['ecdhe-ecdsa'],
    why: 'extended_master_secret becomes encrypt_then_mac',
  },
  {
    attack: /^client_hello_with_cookie flip body\.extensions\[4\]\.type last/,
    why: 'extended_master_secret becomes encrypt_then_mac, connection_id unknown',
  },
  {
    attack: /^server_hello flip body\.random/,
    only: ['ecjpake', 'psk', 'ecdhe-psk', 'ecdh-anon'],
    why: 'nothing in the flight signs it',
  },
  {
    attack: /^server_hello flip body\.sessionId /,
    only: ['resumption'],
    why: 'it says whether the session is resumed',
  },
  {
    attack: /^hello_verify_request out-of-place server_hello/,
    only: ['resumption'],
    why: 'it resumes without a cookie',
  },
  { attack: /^server_hello flip .*connection_id (first|last)/, why: 'any ID will do' },
  {
    attack: /^server_hello truncate record cut/,
    only: ['connection-ids'],
    why: 'the next byte completes a connection ID',
  },
  {
    attack: /^certificate_request flip body\.(certificateTypes|signatureAlgorithms)\[/,
    why: 'one type or scheme more or less',
  },
  { attack: /^certificate_request out-of-place server_hello_done/, why: 'the server may ask for no certificate' },
  { attack: /^server_key_exchange flip body\.identityHint (first|last)/, why: 'any hint will do' },
  {
    attack: /^server_key_exchange (out-of-place server_hello_done|truncate record cut)/,
    only: ['psk'],
    why: 'any hint will do, or none',
  },
];

/** The alerts for each kind of change, first match first. */
const alerts: readonly (readonly [RegExp, readonly string[]])[] = [
  // What does not reach the handshake at all: no record, no message, no fragment that fits.
  [/^finished (flip record\.(fragment|sequence) |oversize (one|16000)|truncate content)/, ['bad_record_mac']],
  [/^finished flip record\.type/, ['bad_record_mac', 'silence']],
  [/^change_cipher_spec flip record\.epoch last/, ['bad_record_mac', 'silence']],
  [/^(change_cipher_spec|hello_verify_request) (oversize|truncate|flip body)/, ['silence']],
  [/^client_hello_with_cookie flip handshake\.messageSequence/, ['unexpected_message', 'silence']],
  [/ flip (record\.|handshake\.(length|messageSequence|fragment)|changeCipherSpec)/, ['silence']],
  [/ (drop|oversize (beyond|claims)|replay instead)/, ['silence']],
  // A message in another's place.
  [/^client_hello(_with_cookie)? (flip handshake\.type|truncate content empty)/, ['silence']],
  [/^client_hello out-of-place client_hello_with_cookie/, ['decrypt_error', 'bad_record_mac']],
  [/^client_hello(_with_cookie)? out-of-place/, ['silence']],
  [/ out-of-place (client_hello |hello_verify_request)/, ['unexpected_message', 'silence']],
  [/^hello_verify_request out-of-place server_hello /, ['unexpected_message', 'silence']],
  [/^server_key_exchange out-of-place server_hello_done/, ['unexpected_message', 'bad_record_mac']],
  [/ out-of-place /, ['unexpected_message']],
  [/^hello_verify_request flip handshake\.type/, ['unexpected_message', 'decode_error']],
  [/^server_hello flip handshake\.type/, ['unexpected_message', 'silence']],
  [/ flip handshake\.type/, ['unexpected_message']],
  // Records cut short swallow a byte of what follows.
  [/^server_hello truncate record cut/, ['decode_error', 'silence']],
  [
    /^client_key_exchange truncate record cut/,
    ['handshake_failure', 'illegal_parameter', 'unknown_psk_identity', 'silence'],
  ],
  [/^certificate_verify truncate record cut/, ['decrypt_error']],
  [/^server_key_exchange truncate record cut/, ['bad_record_mac', 'silence']],
  [/ truncate record cut/, ['silence']],
  // Lengths. A client that signs is found out by its signature before its ClientKeyExchange is read.
  [/^client_key_exchange (oversize|truncate|flip body\..*\.length)/, ['decode_error', 'decrypt_error']],
  [/^server_key_exchange flip body\.identityHint\.length/, ['decode_error', 'illegal_parameter']],
  [/^client_hello(_with_cookie)? flip body\.(cookie|sessionId)/, ['silence', 'bad_record_mac']],
  [/^server_hello flip body\.sessionId (first|last)/, ['silence']],
  [/ (oversize|truncate|flip body\..*\.length)/, ['decode_error']],
  // Values.
  [/^certificate flip body\.chain/, ['bad_certificate', 'decrypt_error']],
  [/ flip .*\.(x|v) (first|last)/, ['illegal_parameter']],
  [/ flip .*\.r (first|last)/, ['handshake_failure']],
  [/ flip .*point (first|last)/, ['illegal_parameter', 'decrypt_error']],
  [/ flip .*(curveType|namedCurve|cipherSuite |compressionMethod|signed\.scheme)/, ['illegal_parameter']],
  [/ flip body\.signed\.signature/, ['decrypt_error']],
  [/ flip body\.identity /, ['unknown_psk_identity']],
  [/^server_hello flip body\.version/, ['protocol_version']],
  [/ flip body\.version/, ['protocol_version', 'bad_record_mac', 'decrypt_error']],
  [/^server_hello flip .*ec_point_formats/, ['illegal_parameter']],
  [/ flip .*(ec_point_formats|supported_groups)/, ['handshake_failure']],
  [/^server_hello flip .*\.type/, ['decode_error', 'illegal_parameter', 'unsupported_extension']],
  [/^server_hello flip .*connection_id/, ['silence']],
  [/ flip .*\.type/, ['decode_error', 'illegal_parameter', 'handshake_failure', 'bad_record_mac', 'decrypt_error']],
  [/ flip body\.cipherSuites/, ['handshake_failure', 'bad_record_mac', 'decrypt_error']],
  // What nothing but the transcript covers.
  [/ flip /, ['bad_record_mac', 'decrypt_error']],
];

export function expectationOf(attack: Attack): Expectation {
  const { sample, kind, what, mode, scenario } = attack;
  const text = `${sample.name} ${kind} ${what} `;
  const matches = (rule: Rule): boolean =>
    rule.attack.test(text) &&
    (rule.only === undefined || rule.only.includes(scenario.keyExchange) || rule.only.includes(scenario.name)) &&
    rule.except !== scenario.name;
  const allowed = alerts.find(([pattern]) => pattern.test(text))?.[1] ?? [];
  if (harmless.some(matches)) return { completes: 'must', alerts: [] };
  if (undecided.some(matches)) return { completes: mode === 'once' ? 'must' : 'may', alerts: allowed };
  if (mode === 'always') return { completes: 'must-not', alerts: allowed };
  return { completes: believed.some(matches) ? 'must-not' : 'must', alerts: allowed };
}
