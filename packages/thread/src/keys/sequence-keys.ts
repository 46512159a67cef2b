import { Secret } from '@selvage/core';
import { constantTimeEqual, type CryptoCore, type Derivation } from '@selvage/crypto';
import { keyIndex } from './key-index.js';

/** The session keys of one key sequence (Thread 1.3 §7.1.4). */
export interface SequenceKeys {
  readonly sequence: number;
  /** 1 to 128. */
  readonly index: number;
  /** 16 bytes each. */
  readonly mac: Secret;
  readonly mle: Secret;
}

const suffix = new TextEncoder().encode('Thread');
const keyLength = 16;

/** Whether the keys of a sequence were derived of this network key: whoever has it in its home alone can tell no other way. */
export function isDerivedOf(core: CryptoCore, networkKey: Secret, { sequence, mac, mle }: SequenceKeys): boolean {
  const derived = splitSequenceKeys(sequence, core.hmac('sha256', networkKey.reveal(), sequenceInput(sequence)));
  const isSame = [
    constantTimeEqual(derived.mac.reveal(), mac.reveal()),
    constantTimeEqual(derived.mle.reveal(), mle.reveal()),
  ];
  derived.mac.dispose();
  derived.mle.dispose();
  return !isSame.includes(false);
}

/** HMAC-SHA-256(network key, sequence ‖ "Thread") gives both keys of a sequence. */
export function sequenceDerivation(sequence: number): Derivation {
  return { kind: 'hmac-sha256', input: sequenceInput(sequence) };
}

function sequenceInput(sequence: number): Uint8Array {
  const input = new Uint8Array(4 + suffix.length);
  new DataView(input.buffer).setUint32(0, sequence);
  input.set(suffix, 4);
  return input;
}

/** The keys in what the derivation gave: the MLE key comes first. The bytes are wiped. */
export function splitSequenceKeys(sequence: number, derived: Uint8Array): SequenceKeys {
  const mle = Secret.of(derived.subarray(0, keyLength));
  const mac = Secret.of(derived.subarray(keyLength, 2 * keyLength));
  derived.fill(0);
  return { sequence, index: keyIndex(sequence), mac, mle };
}
