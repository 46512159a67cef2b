/** How an error crosses a channel: what a person may read of it, and neither cause nor stack. */
import {
  type CborMap,
  type CborValue,
  decodeCbor,
  encodeCbor,
  type ErrorCode,
  type ErrorDetails,
  errorTable,
  SelvageError,
} from '@selvage/core';

/** Bytes of the longest text that crosses. */
const longestText = 1024;
const limits = { depth: 3, items: 64 } as const;

/** The body of a failed answer. What is no SelvageError says nothing of what went wrong inside. */
export function encodeFailure(error: unknown): Uint8Array {
  if (!(error instanceof SelvageError)) return encodeCbor({ code: 'internal', message: 'the other side failed' });
  const { code, message, details, remedy } = error;
  return encodeCbor({ code, message: message.slice(0, longestText), details, remedy });
}

/** The error that a failed answer tells of; one that cannot be read is `internal`. */
export function decodeFailure(body: Uint8Array): SelvageError {
  try {
    return failureOf(decodeCbor(body, limits));
  } catch (cause) {
    return new SelvageError('internal', 'the other side failed, and does not say how', { cause });
  }
}

function failureOf(value: CborValue): SelvageError {
  if (!(value instanceof Map)) throw new SelvageError('invalid-value', 'a failure is a map');
  const map: CborMap = value;
  const [code, message, remedy, details] = ['code', 'message', 'remedy', 'details'].map((key) => map.get(key));
  if (typeof code !== 'string' || !Object.hasOwn(errorTable, code) || typeof message !== 'string') {
    throw new SelvageError('invalid-value', 'a failure has a code and a message');
  }
  return new SelvageError(code as ErrorCode, message.slice(0, longestText), {
    ...(details instanceof Map && { details: detailsOf(details) }),
    ...(typeof remedy === 'string' && { remedy: remedy.slice(0, longestText) }),
  });
}

function detailsOf(map: CborMap): ErrorDetails {
  const entries = [...map].filter(([, value]) => ['string', 'number', 'boolean'].includes(typeof value));
  return Object.fromEntries(entries) as ErrorDetails;
}
