import { SelvageError } from '@selvage/core';

/** What a person can do about each alert that a peer sends. */
const afterAlert: Readonly<Record<string, string>> = {
  bad_record_mac:
    'the two sides derived different keys: compare the passphrase or pre-shared key on both, character by character',
  decrypt_error:
    'the peer could not verify a signature or Finished: compare keys on both sides, and that --key belongs to --cert',
  handshake_failure:
    'the two sides have no cipher suite in common for which both have credentials: compare modes and --suite on both',
  insufficient_security: 'the peer wants a stronger cipher suite: compare --suite on both sides',
  protocol_version: 'the peer does not speak DTLS 1.2, which is the only version here',
  unknown_psk_identity: 'the peer has no key for our --identity: compare it on both sides, byte by byte',
  unknown_ca:
    'the peer does not trust the authority of our certificate: give the peer its certificate, or use another --cert',
  bad_certificate:
    'the peer refuses our certificate or misses one: check --cert and --key, and that the file has the whole chain',
  certificate_expired: 'renew our certificate, or set the clocks right',
  certificate_revoked: 'get a new certificate for this device',
  certificate_unknown: 'the peer refuses our certificate without saying why: its log may',
  unsupported_certificate: 'the peer cannot use our kind of certificate: issue one for a P-256 key',
  access_denied: 'the peer knows who we are and does not let us in: its access list decides',
  close_notify: 'the peer said goodbye before the handshake was over: it was stopped, or it is busy',
  user_canceled: 'somebody stopped the peer',
  internal_error: 'the peer has a fault of its own: its log may say which',
};

/** The error with what to do about it, where the peer’s alert is all that is known of the reason. */
export function withAdvice(error: SelvageError): SelvageError {
  const alert = error.code === 'peer-alert' ? error.details?.['alert'] : undefined;
  const remedy = typeof alert === 'string' ? afterAlert[alert] : undefined;
  if (error.remedy !== undefined || remedy === undefined) return error;
  const { code, message, details, cause } = error;
  return new SelvageError(code, message, { details, cause, remedy });
}
