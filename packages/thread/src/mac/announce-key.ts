import { fromHex } from '@selvage/core';

/**
 * What Thread secures with key id mode 2 (MLE Announce, §7.2.2.2): a key and a sender that everybody knows, so that a
 * node on any network can read it. It protects nothing.
 */
export const announceSecurity = {
  key: fromHex('78581686fdb4580fb092546aecbd1566'),
  extended: fromHex('3506feb823d48712'),
  source: fromHex('ffffffff'),
  index: 0xff,
} as const;
