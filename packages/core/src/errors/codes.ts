import type { AlertName } from './alerts.js';

/** Whose fault an error is: a defect or failing of this program, wrong use of it, or what the other side sent. */
export type Fault = 'ours' | 'caller' | 'peer';

/** How one error code looks from outside, in the words of each protocol. */
export interface Outward {
  readonly fault: Fault;
  /** DTLS alert description. */
  readonly alert: AlertName;
  /** CoAP response code (RFC 7252 §12.1.2), such as `4.00`. */
  readonly coap: `${4 | 5}.${number}`;
  /** HTTP status. */
  readonly http: number;
  /** Process exit code, from sysexits.h. */
  readonly exit: number;
}

const peerSent = { fault: 'peer', coap: '4.00', http: 400, exit: 65 } as const;
const peerRefused = { fault: 'peer', coap: '4.01', http: 401, exit: 77 } as const;
const protocol = { fault: 'peer', coap: '4.00', http: 502, exit: 76 } as const;
const caller = { fault: 'caller', alert: 'internal_error', coap: '5.00', http: 400, exit: 64 } as const;
const ours = { fault: 'ours', alert: 'internal_error', coap: '5.00', http: 500, exit: 70 } as const;
const unavailable = { fault: 'ours', alert: 'internal_error', coap: '5.03', http: 503, exit: 69 } as const;

/**
 * Every error code of Selvage and how each protocol names it. Codes are stable: a code is added, never renamed.
 * This is the only such table; a package that needs another code adds a row here.
 */
export const errorTable = {
  // Bytes and values
  truncated: { ...peerSent, alert: 'decode_error' },
  'trailing-bytes': { ...peerSent, alert: 'decode_error' },
  'length-out-of-range': { ...peerSent, alert: 'decode_error' },
  'invalid-value': { ...peerSent, alert: 'illegal_parameter' },
  'value-out-of-range': caller,
  'invalid-hex': caller,
  'invalid-argument': caller,
  'invalid-length': caller,

  // Cryptography and keys
  'entropy-failed': { ...unavailable, exit: 71 },
  'invalid-point': { ...peerSent, alert: 'illegal_parameter' },
  'identity-point': { ...peerSent, alert: 'illegal_parameter' },
  'invalid-scalar': { ...peerSent, alert: 'illegal_parameter' },
  'invalid-proof': { ...peerRefused, alert: 'handshake_failure' },
  'invalid-key': { ...caller, exit: 65 },
  'key-usage-refused': { ...caller, coap: '4.03', http: 403, exit: 77 },
  'key-not-found': { ...caller, coap: '4.04', http: 404, exit: 66 },
  'key-operation-failed': unavailable,
  'nonce-exhausted': ours,

  // Ports and state
  'wrong-state': { ...caller, http: 409 },
  'store-failed': { ...unavailable, exit: 74 },
  'store-in-use': { ...unavailable, http: 409, exit: 75 },
  'store-name-invalid': caller,
  'file-not-found': { ...caller, coap: '4.04', http: 404, exit: 66 },
  'address-invalid': caller,
  'address-in-use': { ...unavailable, http: 409 },
  'port-closed': { ...caller, http: 409 },
  'port-failed': unavailable,
  'payload-too-large': { ...caller, alert: 'record_overflow', coap: '4.13', http: 413 },
  'connection-refused': { ...unavailable, fault: 'peer', http: 502 },
  'timed-out': { ...unavailable, fault: 'peer', coap: '5.04', http: 504, exit: 75 },
  internal: ours,

  // DTLS, by alert (RFC 5246 §7.2.2, RFC 4279)
  'unexpected-message': { ...protocol, alert: 'unexpected_message' },
  'bad-record': { ...protocol, alert: 'bad_record_mac' },
  'record-overflow': { ...protocol, alert: 'record_overflow' },
  'handshake-failure': { ...protocol, alert: 'handshake_failure' },
  'bad-certificate': { ...peerRefused, alert: 'bad_certificate' },
  'unsupported-certificate': { ...peerRefused, alert: 'unsupported_certificate' },
  'certificate-revoked': { ...peerRefused, alert: 'certificate_revoked' },
  'certificate-expired': { ...peerRefused, alert: 'certificate_expired' },
  'certificate-unknown': { ...peerRefused, alert: 'certificate_unknown' },
  'unknown-ca': { ...peerRefused, alert: 'unknown_ca' },
  'access-denied': { ...peerRefused, alert: 'access_denied', coap: '4.03', http: 403 },
  'illegal-parameter': { ...protocol, alert: 'illegal_parameter' },
  'decode-error': { ...protocol, alert: 'decode_error' },
  'decrypt-error': { ...peerRefused, alert: 'decrypt_error' },
  'protocol-version': { ...protocol, alert: 'protocol_version' },
  'insufficient-security': { ...peerRefused, alert: 'insufficient_security' },
  'internal-error': ours,
  'no-renegotiation': { ...protocol, alert: 'no_renegotiation' },
  'unsupported-extension': { ...protocol, alert: 'unsupported_extension' },
  'unknown-psk-identity': { ...peerRefused, alert: 'unknown_psk_identity' },

  // DTLS, beyond alerts
  'handshake-timeout': { ...unavailable, fault: 'peer', alert: 'user_canceled', coap: '5.04', http: 504, exit: 75 },
  'peer-alert': { ...protocol, alert: 'close_notify' },
  'session-closed': { ...caller, alert: 'close_notify', http: 409 },
  'sequence-exhausted': ours,
  'too-many-peers': { ...unavailable, exit: 75 },

  // CoAP
  'request-reset': { ...protocol, alert: 'internal_error' },
  'unrecognized-option': { ...protocol, alert: 'illegal_parameter', coap: '4.02' },
  'transfer-failed': { ...protocol, alert: 'internal_error', coap: '4.08' },
  'too-many-requests': { ...caller, coap: '4.29', http: 429, exit: 75 },
  cancelled: { ...caller, http: 409 },
  'not-acceptable': { ...peerSent, alert: 'illegal_parameter', coap: '4.06', http: 406 },
  'unsupported-format': { ...peerSent, alert: 'illegal_parameter', coap: '4.15', http: 415 },

  // OCF: finding, owning and provisioning devices
  'device-not-found': { ...unavailable, fault: 'peer', coap: '4.04', http: 404 },
  'already-owned': { ...caller, coap: '4.03', http: 409, exit: 77 },
  'not-owned': { ...caller, coap: '4.03', http: 409, exit: 77 },
  'method-unavailable': { ...caller, coap: '4.03', http: 409, exit: 69 },
  'wrong-pin': { ...peerRefused, fault: 'caller', alert: 'bad_record_mac' },
  'transfer-refused': { ...protocol, alert: 'internal_error', coap: '4.03', http: 409 },
  'provisioning-refused': { ...protocol, alert: 'internal_error', coap: '4.03', http: 409 },
  'access-refused': { ...peerRefused, alert: 'access_denied', coap: '4.03', http: 403 },
  'setting-refused': { ...peerSent, alert: 'illegal_parameter', coap: '4.03', http: 409 },
  'request-refused': { ...protocol, alert: 'internal_error' },
  'outcome-unknown': { ...unavailable, http: 409, exit: 75 },

  // Firmware, boot, vault and attestation
  'image-malformed': { ...peerSent, alert: 'decode_error' },
  'image-refused': { ...peerRefused, alert: 'access_denied', coap: '4.03', http: 403 },
  'rollback-refused': { ...peerRefused, alert: 'access_denied', coap: '4.03', http: 409 },
  'boot-refused': { ...ours, exit: 78 },
  'life-cycle-refused': { ...caller, coap: '4.03', http: 409, exit: 77 },
  'store-rolled-back': { ...unavailable, exit: 74 },
  'isolation-refused': { ...unavailable, exit: 78 },
  'attestation-refused': { ...peerRefused, alert: 'access_denied', coap: '4.03', http: 403 },

  // Thread: commissioning
  'joiner-passphrase-invalid': { ...caller, exit: 65 },
  'joiner-label-invalid': { ...caller, exit: 65 },
  'one-time-passcode-invalid': { ...caller, exit: 65 },
  'join-failed': { ...unavailable, fault: 'peer', http: 409 },
} as const satisfies Record<string, Outward>;

/** A stable, kebab-case name of what went wrong. */
export type ErrorCode = keyof typeof errorTable;
