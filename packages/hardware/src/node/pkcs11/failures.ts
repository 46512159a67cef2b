import { SelvageError } from '@selvage/core';
import { reasonOf } from './cryptoki.js';

/** A key that the token does not have any more, in the words of its library. */
const gone = ['CKR_OBJECT_HANDLE_INVALID', 'CKR_KEY_HANDLE_INVALID'];
const wrongPin = ['CKR_PIN_INCORRECT', 'CKR_PIN_INVALID', 'CKR_PIN_LEN_RANGE'];

/**
 * What failed in a token, as an error of ours.
 * @param doing such as `make a signature`
 */
export function tokenFailure(token: string, doing: string, cause: unknown): SelvageError {
  if (cause instanceof SelvageError) return cause;
  const reason = reasonOf(cause);
  const details = { token, reason };
  if (gone.includes(reason)) {
    return new SelvageError('key-not-found', 'there is no such key in the token any more', { cause, details });
  }
  if (wrongPin.includes(reason)) {
    return new SelvageError('wrong-pin', `the token ${token} does not take the PIN`, {
      cause,
      details,
      remedy: 'check it before the next try: a token locks itself after a few wrong ones',
    });
  }
  if (reason === 'CKR_PIN_LOCKED') {
    return new SelvageError('wrong-pin', `the token ${token} has locked itself after wrong PINs`, {
      cause,
      details,
      remedy: "set a new PIN as the token's security officer",
    });
  }
  return new SelvageError('key-operation-failed', `the token ${token} did not ${doing} (${reason})`, {
    cause,
    details,
  });
}
