import { type ErrorCode, type ErrorDetails, SelvageError, toHex } from '@selvage/core';

/** What an image is asked, in this order. */
export type ImageCheck =
  | 'flags'
  | 'protected-tlv'
  | 'unprotected-tlv'
  | 'duplicate-tlv'
  | 'content-key'
  | 'hash'
  | 'key'
  | 'signature'
  | 'security-counter'
  | 'dependency';

/** Why a check failed, in values: byte strings in hexadecimal. */
export interface RefusalValues {
  readonly expected?: string | number | Uint8Array | undefined;
  readonly found?: string | number | Uint8Array | undefined;
}

/** The error of an image that a check refuses; `details` has `check`, `expected` and `found`. */
export function refusal(
  check: ImageCheck,
  message: string,
  { expected, found }: RefusalValues = {},
  code: ErrorCode = 'image-refused',
): SelvageError {
  const details: ErrorDetails = {
    check,
    ...(expected !== undefined && { expected: plain(expected) }),
    ...(found !== undefined && { found: plain(found) }),
  };
  return new SelvageError(code, message, { details });
}

function plain(value: string | number | Uint8Array): string | number {
  return value instanceof Uint8Array ? toHex(value) : value;
}
