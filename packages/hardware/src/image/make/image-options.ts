import type { Entropy } from '@selvage/core';
import type { CryptoCore } from '@selvage/crypto';
import type { ContentKeyLength } from '../content-key.js';
import type { ImageVersion } from '../format/version.js';

/** What an image is to be, apart from who signs it. */
export interface ImageOptions {
  readonly core: CryptoCore;
  readonly version: ImageVersion;
  /** Bytes from the start of the image to its payload, at least 32; 32 by default. */
  readonly headerSize?: number | undefined;
  /**
   * Where the header goes: in front of the payload (`add`, the default), or over its first `headerSize` bytes, which are
   * zeros (`inside`), as linker scripts leave room for it.
   */
  readonly headerRoom?: 'add' | 'inside' | undefined;
  /** What fills a header beyond its fields where it is added; 0xff by default. */
  readonly erasedValue?: 0 | 0xff | undefined;
  /** Where in RAM the loader is to put the payload. */
  readonly loadAddress?: number | undefined;
  /** The flash address that the payload was linked for. */
  readonly romFixed?: number | undefined;
  readonly nonBootable?: boolean | undefined;
  /**
   * What keeps older images from being started once this one was confirmed. `auto` takes
   * major·2^24 + minor·2^16 + revision; one careless major version then burns the counter's space for ever.
   */
  readonly securityCounter?: number | 'auto' | undefined;
  readonly dependencies?: readonly { readonly image: number; readonly minimum: ImageVersion }[] | undefined;
  /** The type of the boot record, such as `APP`. */
  readonly bootRecord?: string | undefined;
  /** UUIDs of 16 bytes. */
  readonly vendorId?: Uint8Array | undefined;
  readonly classId?: Uint8Array | undefined;
  /** TLVs of the vendor's own, types 0xA0 to 0xFFFE, each once; they are protected. */
  readonly vendorTlvs?: readonly { readonly type: number; readonly value: Uint8Array }[] | undefined;
  /** SHA-256 by default; SHA-512 for Ed25519 alone, where it is the default of pure signatures. */
  readonly hash?: 'sha256' | 'sha512' | undefined;
  /** Ed25519 over the image itself instead of its hash. */
  readonly pure?: boolean | undefined;
  /** Whether the image names its signer by a hash (the default) or has the whole public key. */
  readonly publicKeyFormat?: 'hash' | 'full' | undefined;
  /** Pads an ECDSA signature with zeros to 72 bytes, for loaders before MCUboot 1.5. */
  readonly padSignature?: boolean | undefined;
  readonly encryption?: ImageEncryption | undefined;
}

/** How an image is encrypted. */
export interface ImageEncryption {
  /** The P-256 key of the devices that are to read it, an uncompressed point. */
  readonly recipient: Uint8Array;
  /** Bytes of the content key; 16 by default. */
  readonly keyLength?: ContentKeyLength | undefined;
  /** The form for a slot that is executed: marked and with its sealed key, the payload itself in the clear. */
  readonly clear?: boolean | undefined;
  readonly entropy: Entropy;
}
