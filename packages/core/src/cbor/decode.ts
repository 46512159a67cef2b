import { decodeFirst } from 'cborg';
import { byteCount, FormatError } from '../errors/format-error.js';
import { GuardedTokenizer, invalid } from './guard.js';
import type { CborLimits, CborValue } from './value.js';

/**
 * Reads one CBOR value (RFC 8949), which must be all of `bytes`. Arrays and maps may be of definite or indefinite length,
 * strings only of definite length; integers may be longer than need be. Byte strings are copies: the value keeps nothing
 * of `bytes`.
 * @throws FormatError `truncated`; `trailing-bytes`; `length-out-of-range` beyond a limit; `invalid-value` for what is
 *   not well-formed, bad UTF-8, a key twice (unless the limits say otherwise), a key that is neither text nor an exact
 *   integer, a tag, a string in chunks, and a simple value without a meaning here. `details.offset` says where.
 */
export function decodeCbor(bytes: Uint8Array, limits: CborLimits = {}): CborValue {
  // A Buffer's slice is no copy: values read are plain Uint8Arrays whatever came in.
  const plain =
    bytes.constructor === Uint8Array ? bytes : new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const tokenizer = new GuardedTokenizer(plain, limits);
  const value = read(plain, tokenizer, limits.repeatedKeys !== 'last');
  const offset = tokenizer.pos();
  const trailing = plain.length - offset;
  if (trailing === 0) return value;
  throw new FormatError('trailing-bytes', `${byteCount(trailing)} left over behind the value`, {
    details: { offset, trailing },
  });
}

function read(bytes: Uint8Array, tokenizer: GuardedTokenizer, rejectDuplicateMapKeys: boolean): CborValue {
  try {
    const [value] = decodeFirst(bytes, { tokenizer, useMaps: true, rejectDuplicateMapKeys }) as [CborValue, Uint8Array];
    return value;
  } catch (error) {
    if (error instanceof FormatError || !(error instanceof Error)) throw error;
    throw translated(error, tokenizer.pos());
  }
}

/** cborg's errors have words and no codes. */
function translated({ message }: Error, offset: number): FormatError {
  const problem = message.replace(/^CBOR decode error: /, '');
  if (/not enough data/.test(problem)) return new FormatError('truncated', problem, { details: { offset } });
  return invalid(problem, offset);
}
