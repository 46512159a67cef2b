import { encode } from '@selvage/core';
import { SeededEntropy } from '@selvage/core/virtual';
import { type CryptoCore, nativeCore } from '@selvage/crypto';
import { protections, SessionSecrets } from '../../../src/handshake/key-schedule.js';
import { type CipherSuiteName, cipherSuites } from '../../../src/index.js';
import { handshakeMessage, type HandshakeType } from '../../../src/protocol/handshake.js';
import { ContentType, dtls12, record } from '../../../src/protocol/record.js';
import { RecordLayer } from '../../../src/record/record-layer.js';
import type { Side } from '../../support/pair.js';

/** The master secret and randoms that a core derived record keys from, latest last. */
export type Listened = {
  readonly masterSecret: Uint8Array;
  readonly client: Uint8Array;
  readonly server: Uint8Array;
}[];

/** A core through which the keys of every session leak to a test. */
export function leakingCore(listened: Listened): CryptoCore {
  return {
    ...nativeCore,
    tlsPrf(algorithm, secret, label, seed, length) {
      if (label === 'key expansion') {
        listened.push({ masterSecret: secret.slice(), client: seed.slice(32), server: seed.slice(0, 32) });
      }
      return nativeCore.tlsPrf(algorithm, secret, label, seed, length);
    },
  };
}

/** Writes authentic records in a side's name: for a peer that is real and misbehaves. */
export function forgerOf(suite: CipherSuiteName, side: Side, listened: Listened, startSequence = 10): RecordLayer {
  const last = listened.at(-1);
  if (last === undefined) throw new TypeError('no keys were derived yet');
  const secrets = new SessionSecrets(last.masterSecret, last.client, last.server);
  const entropy = new SeededEntropy('forger');
  const both = protections(nativeCore, entropy, cipherSuites[suite], secrets, true);
  const records = new RecordLayer();
  records.protectWrites(both[side]);
  records.startSequence(startSequence);
  return records;
}

/** A record in the clear, as anybody can write it. */
export function plainRecord(type: number, fragment: Uint8Array, at: { epoch?: number; sequence?: number } = {}) {
  const { epoch = 0, sequence = 0 } = at;
  const name = { 20: 'change_cipher_spec', 21: 'alert', 22: 'handshake', 23: 'application_data' } as const;
  return encode(record, { type: name[type as keyof typeof name], version: dtls12, epoch, sequence, fragment });
}

/** A whole handshake message in the clear. */
export function plainMessage(type: HandshakeType, sequence: number, body: Uint8Array, epoch = 0): Uint8Array {
  return plainRecord(ContentType.handshake, handshakeMessage(type, sequence, body).raw, { epoch });
}

/** A fatal alert in the clear. */
export function plainAlert(description: number, level = 2): Uint8Array {
  return plainRecord(ContentType.alert, Uint8Array.of(level, description));
}

/** A record of epoch 1 that nobody's keys open. */
export function garbageRecord(sequence = 0, length = 64): Uint8Array {
  return plainRecord(ContentType.handshake, new Uint8Array(length).fill(0xa5), { epoch: 1, sequence });
}
