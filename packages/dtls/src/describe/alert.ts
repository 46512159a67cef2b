import { type Alert, alertText } from '../protocol/alerts.js';
import type { MessageDescription } from './description.js';

/** What each alert says to a person. */
const meanings: Readonly<Record<string, string>> = {
  close_notify: 'goodbye',
  bad_record_mac: 'a record did not open: the keys, so the passphrases, differ',
  decrypt_error: 'a signature or Finished did not verify',
  handshake_failure: 'no way to agree',
  unknown_psk_identity: 'there is no key for that identity',
  unknown_ca: 'the chain does not lead to an authority that is trusted here',
  certificate_expired: 'the certificate is out of its time',
  access_denied: 'the certificate is good, but not let in',
  no_renegotiation: 'a session is never negotiated again',
};

/** An alert in words. */
export function describeAlert(alert: Alert, epoch: number): MessageDescription {
  const description = alertText(alert.description);
  const level = typeof alert.level === 'string' ? alert.level : `level ${alert.level.unknown}`;
  const meaning = meanings[description];
  return {
    name: 'Alert',
    epoch,
    length: 2,
    fields: [['alert', `${level} ${description}`], ...(meaning === undefined ? [] : [['means', meaning] as const])],
  };
}
