/**
 * Takes every certificate and request out of the captured OCF flows, in the order in which they passed:
 * `node extract.mjs <folder of the captures> > certificates.json`. Bytes that passed twice are listed once.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = process.argv[2] ?? '.';
/** @type {Map<string, { kind: string, seen: string[], der: string }>} */
const found = new Map();

for (const name of readdirSync(folder).filter((entry) => entry.endsWith('.json')).sort()) {
  for (const record of readRecords(name)) {
    const where = `${name.replace(/\.json$/, '')} frame ${record.frame}`;
    for (const { certs = [] } of record.handshake ?? []) {
      for (const [at, der] of certs.entries()) note('CERTIFICATE', Buffer.from(der, 'hex'), `${where} chain ${at}`);
    }
    notePem(String(record.coap?.cbor ?? ''), where);
  }
}
for (const part of ['storage', 'pki']) {
  for (const name of readdirSync(join(folder, part)).sort()) {
    notePem(readFileSync(join(folder, part, name), 'utf8'), `${part}/${name}`);
  }
}

/** @type {Record<string, unknown>} */
const listed = {};
for (const { kind, seen, der } of found.values()) {
  listed[`${kind === 'CERTIFICATE' ? 'certificate' : 'request'} ${Object.keys(listed).length}`] = { seen, der };
}
process.stdout.write(`${JSON.stringify(listed, undefined, 2)}\n`);

/** @typedef {{ frame: number, handshake?: { certs?: string[] }[], coap?: { cbor?: string } }} FlowRecord */

/** @param {string} name */
function readRecords(name) {
  /** @type {unknown} */
  const parsed = JSON.parse(readFileSync(join(folder, name), 'utf8'));
  return /** @type {FlowRecord[]} */ (parsed);
}

/**
 * @param {string} text
 * @param {string} where
 */
function notePem(text, where) {
  for (const [, kind = '', body = ''] of text.matchAll(/-----BEGIN (CERTIFICATE|CERTIFICATE REQUEST)-----(.*?)-----END/gs)) {
    note(kind, Buffer.from(body.replace(/\\[nr]|\s/g, ''), 'base64'), where);
  }
}

/**
 * @param {string} kind
 * @param {Buffer} bytes
 * @param {string} where
 */
function note(kind, bytes, where) {
  const der = bytes.toString('base64');
  const entry = found.get(der) ?? { kind, seen: [], der };
  if (!entry.seen.includes(where)) entry.seen.push(where);
  found.set(der, entry);
}
