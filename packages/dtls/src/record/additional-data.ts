import { ContentType, dtls12 } from '../protocol/record.js';
import { additionalDataLength, type RecordCoordinates } from './protection.js';

/** Writes epoch ‖ sequence_number, 8 bytes, as they number a record in nonces and additional data. */
export function writeSequence(target: Uint8Array, offset: number, epoch: number, sequence: number): void {
  const high = Math.floor(sequence / 0x1_0000_0000);
  target[offset] = epoch >>> 8;
  target[offset + 1] = epoch;
  target[offset + 2] = high >>> 8;
  target[offset + 3] = high;
  target[offset + 4] = sequence >>> 24;
  target[offset + 5] = sequence >>> 16;
  target[offset + 6] = sequence >>> 8;
  target[offset + 7] = sequence;
}

/**
 * The additional data of a record, written into `scratch` where its shape allows it (every record takes this path).
 *
 * Without connection ID: seq_num ‖ type ‖ version ‖ length, RFC 5246 §6.2.3.3 with the number of RFC 6347 §4.1.2.1.
 * With one: RFC 9146 §5.3 (AEAD), the same bytes that §5.1 and §5.2 put before the content for a MAC.
 *
 * @param scratch 13 bytes that the caller owns.
 */
export function additionalData(scratch: Uint8Array, at: RecordCoordinates, length: number): Uint8Array {
  if (at.connectionId !== undefined) return connectionIdData(at, at.connectionId, length);
  writeSequence(scratch, 0, at.epoch, at.sequence);
  scratch[8] = at.type;
  scratch[9] = dtls12 >>> 8;
  scratch[10] = dtls12 & 0xff;
  scratch[11] = length >>> 8;
  scratch[12] = length;
  return scratch;
}

/** seq_num_placeholder ‖ tls12_cid ‖ cid_length ‖ tls12_cid ‖ version ‖ epoch ‖ sequence_number ‖ cid ‖ length. */
function connectionIdData(at: RecordCoordinates, connectionId: Uint8Array, length: number): Uint8Array {
  const data = new Uint8Array(additionalDataLength + 10 + connectionId.length);
  data.fill(0xff, 0, 8);
  data[8] = ContentType.tls12Cid;
  data[9] = connectionId.length;
  data[10] = ContentType.tls12Cid;
  data[11] = dtls12 >>> 8;
  data[12] = dtls12 & 0xff;
  writeSequence(data, 13, at.epoch, at.sequence);
  data.set(connectionId, 21);
  data[data.length - 2] = length >>> 8;
  data[data.length - 1] = length;
  return data;
}
