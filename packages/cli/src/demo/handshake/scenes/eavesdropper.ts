import { bytesEqual, Secret, toHex } from '@selvage/core';
import { nativeCore } from '@selvage/crypto';
import { type Credentials, describeObserved, type ObservedRecord, observeDatagram } from '@selvage/dtls';
import type { TappedDatagram } from '../../../dtls/tapped-port.js';
import { count } from '../../../terminal/text.js';
import { dictionaryAround, type DictionaryResult, ecjpakeKeys, pskKeys, tryWords } from '../eavesdropper/dictionary.js';
import { FinishedLock } from '../eavesdropper/finished-lock.js';
import { overhear } from '../eavesdropper/overheard.js';
import { compareHellos } from '../eavesdropper/same-hellos.js';
import { type Meeting, meet } from '../meeting.js';
import { sentences } from './data.js';
import type { Stage } from './stage.js';

/** The same bytes, seen by somebody who has all of them and no passphrase. */
export async function eavesdropperScene(stage: Stage, meeting: Meeting): Promise<void> {
  stage.show.tell({
    event: 'scene',
    title: 'What an eavesdropper gets',
    text: 'Somebody on the path has every byte that passed, and all the time in the world. Bytes, and what they give away:',
  });
  tellCapture(stage, meeting);
  tellSecrets(stage, meeting);
  await tellGuessing(stage, meeting);
}

function tellCapture({ show }: Stage, meeting: Meeting): void {
  for (const { payload, from } of meeting.captured) {
    const records = observeDatagram(payload);
    const inTheClear = records.every(({ epoch }) => epoch === 0);
    const party = from.key === meeting.guest.key ? 'joiner' : 'commissioner';
    const sees = records.map(inWords).join(' · ');
    show.tell({ event: 'overheard', from: party, length: payload.length, inTheClear, sees });
  }
}

function inWords(record: ObservedRecord): string {
  if (record.epoch > 0) return `sealed ${typeName(record)}: ${toHex(record.fragment.subarray(8, 16))}…`;
  if (record.type === 'change_cipher_spec') return 'ChangeCipherSpec';
  const names = record.messages.map((message) => describeObserved(message).name);
  return names.map((name) => name + (publicPoints[name] ?? '')).join(', ');
}

const publicPoints: Readonly<Record<string, string>> = {
  ClientHello: ' (points X1, X2)',
  ServerHello: ' (points X3, X4)',
  ServerKeyExchange: ' (point B)',
  ClientKeyExchange: ' (point A)',
};

function typeName({ type }: ObservedRecord): string {
  return typeof type === 'string' ? type.replace('_', ' ') : `type ${type.unknown}`;
}

function tellSecrets({ expectations, passphrase }: Stage, meeting: Meeting): void {
  const all = meeting.captured.map(({ payload }) => payload);
  const unseen = (text: string) => !all.some((bytes) => contains(bytes, new TextEncoder().encode(text)));
  const words = [passphrase, ...sentences.map(([, text]) => text)];
  expectations.observe('neither the passphrase nor a sentence stands anywhere in these bytes', words.every(unseen));
}

async function tellGuessing(stage: Stage, meeting: Meeting): Promise<void> {
  const { show, expectations, passphrase, guess: other } = stage;
  const hellos = compareHellos(passphrase, other);
  show.tell({
    event: 'note',
    text: `Do the hellos give the passphrase away? The same random numbers, once with ${passphrase} and once with ${other}:`,
  });
  const lengths = `${hellos.clientHelloLength} and ${hellos.serverHelloLength} bytes`;
  expectations.observe(
    `ClientHello and ServerHello (${lengths}) are the same to the last bit with both`,
    hellos.areSame,
  );

  const words = dictionaryAround(passphrase);
  show.tell({
    event: 'note',
    text: `Can words be tried at home? Take ${count(words.length, 'word')}, the right one among them, and test whether a key
      made of a word and what was said aloud opens the joiner’s Finished. First, to see that these tools work, on a
      handshake that uses the passphrase as a plain pre-shared key (TLS_PSK_WITH_AES_128_CCM_8):`,
  });
  const control = await breakPlainPsk(stage, words);
  show.tell({ event: 'fact', label: 'plain PSK', text: inFigures(control) });
  expectations.observe('with a plain pre-shared key the dictionary finds the passphrase', control.found === passphrase);

  const overheard = overhear(meeting.captured, meeting.guest.key);
  const result = tryWords(words, new FinishedLock(nativeCore, overheard), ecjpakeKeys(nativeCore, overheard));
  show.tell({ event: 'fact', label: 'EC-JPAKE', text: inFigures(result) });
  expectations.observe(
    'with EC-JPAKE the right word opens no more than the wrong ones: the capture tests no guess',
    result.found === undefined && result.words === words.length,
  );
  show.tell({
    event: 'note',
    text: `A word and these points do not make the key: one number that never left its device is missing, and finding it
      is the discrete logarithm on P-256. This shows it; the proof is the literature of J-PAKE (RFC 8236 §1).`,
  });
}

/** The control: the same spy on a handshake whose only secret is the passphrase itself. */
async function breakPlainPsk({ surface, passphrase }: Stage, words: readonly string[]): Promise<DictionaryResult> {
  const key = Secret.text(passphrase);
  const identity = new TextEncoder().encode('lamp 7');
  const guest: Credentials = { keyForHint: () => ({ identity, key }) };
  const host: Credentials = { keyForIdentity: (named) => (bytesEqual(named, identity) ? key : undefined) };
  const meeting = await meet(surface, { suite: 'TLS_PSK_WITH_AES_128_CCM_8', guest, host });
  const captured: readonly TappedDatagram[] = [...meeting.captured];
  meeting.close();
  return tryWords(words, new FinishedLock(nativeCore, overhear(captured, meeting.guest.key)), pskKeys);
}

function inFigures({ words, keys, found }: DictionaryResult): string {
  const end = found === undefined ? 'none opens it' : `opened by ${found}`;
  return `${count(words, 'word')}, ${count(keys, 'key')} made of them: ${end}`;
}

function contains(bytes: Uint8Array, part: Uint8Array): boolean {
  for (let at = 0; at + part.length <= bytes.length; at++) {
    if (bytesEqual(bytes.subarray(at, at + part.length), part)) return true;
  }
  return false;
}
