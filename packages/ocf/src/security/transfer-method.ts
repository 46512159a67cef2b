import type { CipherSuiteName } from '@selvage/dtls';

/** One way to change the owner of a device. */
export interface TransferMethodFacts {
  /** The number in `oxms` and `oxmsel`. */
  readonly number: number;
  /** What the owner's key is derived under. */
  readonly label: string;
  /** The suites of the onboarding connection, the preferred one first. */
  readonly suites: readonly CipherSuiteName[];
}

/** The suites that certificates are used with, the preferred one first. */
export const certificateSuites = [
  'TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8',
  'TLS_ECDHE_ECDSA_WITH_AES_128_CCM',
  'TLS_ECDHE_ECDSA_WITH_AES_256_CCM_8',
  'TLS_ECDHE_ECDSA_WITH_AES_256_CCM',
] as const satisfies readonly CipherSuiteName[];

/** The suite of pre-shared keys. */
export const pskSuites = ['TLS_ECDHE_PSK_WITH_AES_128_CBC_SHA256'] as const satisfies readonly CipherSuiteName[];

/** The owner transfer methods, by the names that people use. */
export const transferMethods = {
  'just-works': { number: 0, label: 'oic.sec.doxm.jw', suites: ['TLS_ECDH_anon_WITH_AES_128_CBC_SHA256'] },
  'random-pin': { number: 1, label: 'oic.sec.doxm.rdp', suites: pskSuites },
  'manufacturer-certificate': { number: 2, label: 'oic.sec.doxm.mfgcert', suites: certificateSuites },
} as const satisfies Record<string, TransferMethodFacts>;

/** The name of an owner transfer method. */
export type TransferMethod = keyof typeof transferMethods;

/** What `oxmsel` is while nobody has chosen. */
export const noMethod = 4;

/** The method of a number; `undefined` for one that is none. */
export function transferMethodOf(number: number): TransferMethod | undefined {
  const names = Object.keys(transferMethods) as TransferMethod[];
  return names.find((name) => transferMethods[name].number === number);
}
