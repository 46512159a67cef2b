/** A figure of the table, and where it is from. */
export interface EnergyRow {
  readonly value: number;
  readonly unit: 'mA' | 'ms' | 'µs';
  readonly source: string;
}

/** What a microcontroller takes for each operation, microseconds. */
export interface OperationTimes {
  /** k·G on P-256: a key is drawn. */
  readonly baseMultiplication: EnergyRow;
  /** k·Q on P-256. */
  readonly multiplication: EnergyRow;
  readonly signature: EnergyRow;
  readonly verification: EnergyRow;
  /** One block of AES-128. */
  readonly aesBlock: EnergyRow;
  /** 64 bytes of SHA-256. */
  readonly hashBlock: EnergyRow;
}

/** What a radio and its microcontroller draw, and how long they take. */
export interface EnergyTable {
  readonly name: string;
  readonly transmit: EnergyRow;
  readonly receive: EnergyRow;
  /** The processor runs, the radio is off. */
  readonly compute: EnergyRow;
  /** The processor runs while the receiver is on. */
  readonly computeReceiving: EnergyRow;
  readonly sleep: EnergyRow;
  /** From the assessment of the channel to the first bit, with the receiver on. */
  readonly assessment: EnergyRow;
  /** With the cryptographic hardware of the chip, and by software alone. */
  readonly operations: { readonly native: OperationTimes; readonly portable: OperationTimes };
}

const specification = 'nRF52840 Product Specification, Current consumption, 3 V, DC/DC:';
const accelerated = 'wolfSSL 3.15.7 on the CryptoCell 310 of an nRF52840 (PCA10056), IDE/CRYPTOCELL/README.md:';
const software = 'wolfSSL 4.4.1 in Cortex-M assembly, nRF52840 at 64 MHz, nRF5 wolfCrypt example, README:';
const aes = 'nRF52840, README of the AES comparison of blueluna/psila:';
const hashBlockBytes = 64;

/**
 * Nordic's nRF52840: a Cortex-M4F at 64 MHz with a radio of IEEE 802.15.4 and the CryptoCell 310. The chip's processor is
 * held to be running while its cryptographic hardware works, as no current of that hardware is published.
 */
export const nrf52840: EnergyTable = {
  name: 'nRF52840',
  transmit: row(6.4, 'mA', `${specification} IRADIO_TX5, 0 dBm, 250 kbit/s IEEE 802.15.4`),
  receive: row(6.53, 'mA', `${specification} IRADIO_RX2, 250 kbit/s IEEE 802.15.4`),
  compute: row(3.3, 'mA', `${specification} ICPU0, CoreMark at 64 MHz from flash`),
  computeReceiving: row(8.6, 'mA', `${specification} IS1, CoreMark from flash, radio receiving`),
  sleep: row(0.00316, 'mA', `${specification} ION_RAMON_RTC, System ON, 256 kB retained, woken by the RTC`),
  assessment: row(
    0.192,
    'ms',
    'IEEE 802.15.4-2006: CCA of 8 symbols, and aTurnaroundTime of 12 symbols from its start',
  ),
  operations: {
    native: {
      baseMultiplication: row(18_491, 'µs', `${accelerated} ECC 256 key gen`),
      multiplication: row(18_161, 'µs', `${accelerated} ECDHE 256 agree`),
      signature: row(20_080, 'µs', `${accelerated} ECDSA 256 sign`),
      verification: row(21_417, 'µs', `${accelerated} ECDSA 256 verify`),
      aesBlock: row(12, 'µs', `${aes} CryptoCell, one block with its call`),
      hashBlock: row(perBlock(25.903 * 1024), 'µs', `${accelerated} SHA-256 25.903 MB/s`),
    },
    portable: {
      baseMultiplication: row(24_610, 'µs', `${software} ECC 256 key gen`),
      multiplication: row(51_650, 'µs', `${software} ECDHE 256 agree`),
      signature: row(37_643, 'µs', `${software} ECDSA 256 sign`),
      verification: row(79_857, 'µs', `${software} ECDSA 256 verify`),
      aesBlock: row(83, 'µs', `${aes} Cortex-M assembly, one block with its call`),
      hashBlock: row(perBlock(978.474), 'µs', `${software} SHA-256 978.474 KB/s`),
    },
  },
};

function row(value: number, unit: EnergyRow['unit'], source: string): EnergyRow {
  return { value, unit, source };
}

/** Microseconds of a block where so many KiB are hashed in a second. */
function perBlock(kibibytes: number): number {
  return (hashBlockBytes / (kibibytes * 1024)) * 1e6;
}
