import { type Decoded, encode, enumeration, struct, u8 } from '@selvage/core';

/** AlertDescription, RFC 5246 §7.2, RFC 4279 §6 and RFC 5746; the names are the RFCs'. */
const alertDescription = enumeration(u8, {
  close_notify: 0,
  unexpected_message: 10,
  bad_record_mac: 20,
  record_overflow: 22,
  decompression_failure: 30,
  handshake_failure: 40,
  bad_certificate: 42,
  unsupported_certificate: 43,
  certificate_revoked: 44,
  certificate_expired: 45,
  certificate_unknown: 46,
  illegal_parameter: 47,
  unknown_ca: 48,
  access_denied: 49,
  decode_error: 50,
  decrypt_error: 51,
  protocol_version: 70,
  insufficient_security: 71,
  internal_error: 80,
  user_canceled: 90,
  no_renegotiation: 100,
  unsupported_extension: 110,
  unrecognized_name: 112,
  bad_certificate_status_response: 113,
  unknown_psk_identity: 115,
  no_application_protocol: 120,
});

const alertLevel = enumeration(u8, { warning: 1, fatal: 2 });

/**
 * ```
 * struct { AlertLevel level; AlertDescription description; } Alert;
 * ```
 * RFC 5246 §7.2.
 */
export const alert = struct({ level: alertLevel, description: alertDescription });

export type Alert = Decoded<typeof alert>;

/** The name of an alert this package can send or name. */
export type AlertName = Extract<Alert['description'], string>;

export function encodeAlert(level: 'warning' | 'fatal', description: AlertName): Uint8Array {
  return encode(alert, { level, description });
}

/** The alert's name, or its number for one that has none here. */
export function alertText(description: Alert['description']): string {
  return typeof description === 'string' ? description : `alert ${description.unknown}`;
}
