import { SelvageError } from '@selvage/core';
import { type KeyPolicy, usagesOf } from '@selvage/crypto';

/** What has no number on the wire is refused here as the vault would refuse it. @throws SelvageError `invalid-argument` */
export function checkWirePolicy({ algorithm, usages }: KeyPolicy): void {
  const allowed: unknown = usagesOf(algorithm);
  if (Array.isArray(allowed) && usages.every((usage) => allowed.includes(usage))) return;
  throw new SelvageError('invalid-argument', `there is no key of ${String(algorithm)} to be used so`);
}
