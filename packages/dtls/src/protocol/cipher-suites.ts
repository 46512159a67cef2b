/** How the premaster secret comes about and who is authenticated by what. */
export type KeyExchange = 'ecjpake' | 'ecdhe-ecdsa' | 'psk' | 'ecdhe-psk' | 'ecdh-anon';

/** How records are protected once the keys are there. */
export type BulkCipher =
  | { readonly kind: 'ccm'; readonly keyLength: 16 | 32; readonly tagLength: 8 | 16 }
  | { readonly kind: 'gcm'; readonly keyLength: 16 | 32 }
  | { readonly kind: 'cbc-hmac-sha256'; readonly keyLength: 16 };

/** What one cipher suite stands for. */
export interface CipherSuite {
  /** The IANA number, or OCF's private one. */
  readonly id: number;
  /** The IANA name. */
  readonly name: string;
  readonly keyExchange: KeyExchange;
  readonly cipher: BulkCipher;
}

const ccm = (keyLength: 16 | 32, tagLength: 8 | 16): BulkCipher => ({ kind: 'ccm', keyLength, tagLength });
const gcm128: BulkCipher = { kind: 'gcm', keyLength: 16 };
const cbc128: BulkCipher = { kind: 'cbc-hmac-sha256', keyLength: 16 };

/**
 * Every suite this package speaks. All of them use SHA-256 as the hash of the TLS 1.2 PRF (RFC 5246 §5).
 *
 * Sources: draft-cragie-tls-ecjpake-01 (0xC0FF), RFC 7251 (ECDHE_ECDSA CCM), RFC 5289 (GCM), RFC 6655 (PSK CCM),
 * RFC 5489 (ECDHE_PSK), OCF Security (0xFF00, a private number).
 */
export const cipherSuites = {
  TLS_ECJPAKE_WITH_AES_128_CCM_8: suite(0xc0ff, 'TLS_ECJPAKE_WITH_AES_128_CCM_8', 'ecjpake', ccm(16, 8)),
  TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8: suite(0xc0ae, 'TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8', 'ecdhe-ecdsa', ccm(16, 8)),
  TLS_ECDHE_ECDSA_WITH_AES_128_CCM: suite(0xc0ac, 'TLS_ECDHE_ECDSA_WITH_AES_128_CCM', 'ecdhe-ecdsa', ccm(16, 16)),
  TLS_ECDHE_ECDSA_WITH_AES_256_CCM_8: suite(0xc0af, 'TLS_ECDHE_ECDSA_WITH_AES_256_CCM_8', 'ecdhe-ecdsa', ccm(32, 8)),
  TLS_ECDHE_ECDSA_WITH_AES_256_CCM: suite(0xc0ad, 'TLS_ECDHE_ECDSA_WITH_AES_256_CCM', 'ecdhe-ecdsa', ccm(32, 16)),
  TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256: suite(
    0xc02b,
    'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256',
    'ecdhe-ecdsa',
    gcm128,
  ),
  TLS_PSK_WITH_AES_128_CCM_8: suite(0xc0a8, 'TLS_PSK_WITH_AES_128_CCM_8', 'psk', ccm(16, 8)),
  TLS_PSK_WITH_AES_256_CCM_8: suite(0xc0a9, 'TLS_PSK_WITH_AES_256_CCM_8', 'psk', ccm(32, 8)),
  TLS_ECDHE_PSK_WITH_AES_128_CBC_SHA256: suite(0xc037, 'TLS_ECDHE_PSK_WITH_AES_128_CBC_SHA256', 'ecdhe-psk', cbc128),
  TLS_ECDH_anon_WITH_AES_128_CBC_SHA256: suite(0xff00, 'TLS_ECDH_anon_WITH_AES_128_CBC_SHA256', 'ecdh-anon', cbc128),
} as const satisfies Record<string, CipherSuite>;

/** The IANA name of a suite this package speaks, or OCF's for its private one. */
export type CipherSuiteName = keyof typeof cipherSuites;

const suitesById = new Map<number, CipherSuite>(Object.values(cipherSuites).map((entry) => [entry.id, entry]));

/** The suite with an IANA number, or `undefined` for one this package does not speak. */
export function cipherSuiteById(id: number): CipherSuite | undefined {
  return suitesById.get(id);
}

/** TLS_EMPTY_RENEGOTIATION_INFO_SCSV, RFC 5746 §3.3: says "I renegotiate securely or not at all". */
export const emptyRenegotiationInfoScsv = 0x00ff;

/** Lengths of the parts of the key block, in bytes (RFC 5246 §6.3). */
export interface KeyBlockLengths {
  readonly macKey: number;
  readonly key: number;
  readonly fixedIv: number;
  readonly total: number;
}

export function keyBlockLengths(cipher: BulkCipher): KeyBlockLengths {
  const macKey = cipher.kind === 'cbc-hmac-sha256' ? 32 : 0;
  const fixedIv = cipher.kind === 'cbc-hmac-sha256' ? 0 : 4;
  return { macKey, key: cipher.keyLength, fixedIv, total: 2 * (macKey + cipher.keyLength + fixedIv) };
}

function suite(id: number, name: string, keyExchange: KeyExchange, cipher: BulkCipher): CipherSuite {
  return { id, name, keyExchange, cipher };
}
