import type { ErrorCode } from '../errors/codes.js';
import { SelvageError } from '../errors/error.js';

const codes: Readonly<Record<string, ErrorCode>> = {
  EADDRINUSE: 'address-in-use',
  EADDRNOTAVAIL: 'address-invalid',
  EINVAL: 'address-invalid',
  EACCES: 'access-denied',
  EPERM: 'access-denied',
  EMSGSIZE: 'payload-too-large',
  ECONNREFUSED: 'connection-refused',
};

/** A socket's error with a code of ours; the system's own code is in its details. */
export function socketError(error: Error): SelvageError {
  const system = 'code' in error ? String(error.code) : 'unknown';
  return new SelvageError(codes[system] ?? 'port-failed', error.message, {
    cause: error,
    details: { system },
    ...(codes[system] === 'access-denied' && { fault: 'caller' }),
  });
}
