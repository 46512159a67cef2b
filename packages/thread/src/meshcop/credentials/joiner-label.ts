import { fromHex, type Secret, SelvageError, toHex } from '@selvage/core';
import { joinerPassphrase } from './joiner-passphrase.js';

/** What the QR code on a device says to a commissioner (Thread 1.3 §8.4.1.3). */
export interface JoinerLabel {
  readonly eui64: Uint8Array;
  /** The joiner passphrase, PSKd. */
  readonly passphrase: Secret;
}

const version = '1';

/** The text of the QR code. It has the passphrase: it is for the label and for no log. */
export function joinerLabelText({ eui64, passphrase }: JoinerLabel): string {
  return `v=${version}&&eui=${toHex(eui64)}&&cc=${new TextDecoder().decode(passphrase.reveal())}`;
}

/**
 * Reads the text of a QR code; fields that it does not know are skipped.
 * @throws SelvageError `joiner-label-invalid` naming the field, `joiner-passphrase-invalid`
 */
export function parseJoinerLabel(text: string): JoinerLabel {
  const fields = new Map<string, string>();
  for (const field of text.trim().split(/&+/)) {
    const [name = '', value = ''] = field.split('=', 2);
    if (fields.has(name)) throw refusal(`says ${name} twice`);
    fields.set(name, value);
  }
  if (fields.get('v') !== version) throw refusal('is not of version 1: it begins with v=1');
  const eui64 = fields.get('eui') ?? '';
  if (!/^[0-9a-f]{16}$/i.test(eui64)) throw refusal('has no EUI-64 of 16 hexadecimal digits after eui=');
  const passphrase = fields.get('cc');
  if (passphrase === undefined) throw refusal('has no joiner passphrase after cc=');
  return { eui64: fromHex(eui64), passphrase: joinerPassphrase(passphrase) };
}

function refusal(what: string): SelvageError {
  return new SelvageError('joiner-label-invalid', `the text of the QR code ${what}`, {
    remedy: 'scan it again, or give the EUI-64 and the passphrase as they stand on the label',
  });
}
