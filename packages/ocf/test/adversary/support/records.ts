/** The DTLS records of a datagram (RFC 6347 §4.1). */
export function recordsOf(datagram: Uint8Array): Uint8Array[] {
  const records: Uint8Array[] = [];
  for (let at = 0; at + 13 <= datagram.length; ) {
    const end = at + 13 + (((datagram[at + 11] as number) << 8) | (datagram[at + 12] as number));
    records.push(datagram.subarray(at, end));
    at = end;
  }
  return records;
}

/** The type of the handshake message that a record in the clear begins with; `undefined` for any other record. */
export function handshakeType(record: Uint8Array): number | undefined {
  const isHandshake = record[0] === 22 && record[3] === 0 && record[4] === 0;
  return isHandshake ? record[13] : undefined;
}

export const clientKeyExchange = 16;
