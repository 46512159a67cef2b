/** Bytes of an interface identifier, the lower half of an address (RFC 4291 §2.5.1). */
export const interfaceIdLength = 8;

/** In the first byte: the identifier is unique in the world. IEEE writes it the other way round. */
const universalBit = 0x02;

/** The interface identifier of an IEEE 802.15.4 extended address, 8 bytes in printed order (RFC 4944 §6). */
export function interfaceIdOfExtended(extended: Uint8Array): Uint8Array {
  const id = Uint8Array.from(extended);
  id[0] = (id[0] as number) ^ universalBit;
  return id;
}

/** The extended address that an address's interface identifier comes from: whose keys protect its MLE messages. */
export function extendedOfAddress(address: Uint8Array): Uint8Array {
  return interfaceIdOfExtended(address.subarray(8));
}

/** `0000:00ff:fe00:XXXX`: the interface identifier of a short address (RFC 6282 §3.2.2). */
export function interfaceIdOfShort(short: number): Uint8Array {
  return Uint8Array.of(0, 0, 0, 0xff, 0xfe, 0, short >> 8, short & 0xff);
}

/** Whether the lower half of an address is that of a short address. */
export function hasShortInterfaceId(address: Uint8Array): boolean {
  return (
    address[11] === 0xff &&
    address[12] === 0xfe &&
    address[8] === 0 &&
    address[9] === 0 &&
    address[10] === 0 &&
    address[13] === 0
  );
}
