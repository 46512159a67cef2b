import { decodeCbor, encodeCbor, FormatError, SelvageError, type Store } from '@selvage/core';
import {
  bytes,
  type DeviceKind,
  deviceKinds,
  integer,
  listOf,
  oneOf,
  optional,
  record,
  type Valued,
} from '@selvage/ocf';

const kinds = Object.keys(deviceKinds) as [DeviceKind, ...DeviceKind[]];

const about = record({
  kind: oneOf(kinds),
  /** The ports that it had last, so that who knows it finds it again. */
  plain: listOf(integer()),
  secured: listOf(integer()),
  /** What its manufacturer certified it with, in DER. */
  chain: optional(listOf(bytes())),
});

/** What a virtual device is, beside what the device itself keeps. */
export type AboutDevice = Valued<typeof about>;

const name = 'about';

/** @throws SelvageError `store-failed` for what is none. */
export async function readAbout(store: Store): Promise<AboutDevice | undefined> {
  const value = await store.get(name);
  try {
    return value && about.read(decodeCbor(value));
  } catch (cause) {
    if (!(cause instanceof FormatError)) throw cause;
    throw new SelvageError('store-failed', 'what is kept of the device is damaged', { cause });
  }
}

export function writeAbout(store: Store, value: AboutDevice): Promise<void> {
  return store.put(name, encodeCbor(about.write(value)));
}
