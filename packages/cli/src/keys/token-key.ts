import { openPkcs11Key } from '@selvage/hardware/node';
import type { KeyOpening, OpenKey } from './open-key.js';

/** A key of a PKCS#11 token, by its URI (RFC 7512). @throws SelvageError as the token does */
export async function openTokenKey(uri: string, { surface }: KeyOpening): Promise<OpenKey> {
  const opened = await openPkcs11Key(uri, surface.env);
  return { keys: opened.home, handle: opened.handle, close: () => opened.close() };
}
