/** Why a certificate is revoked, by the number of CRLReason (RFC 5280 §5.3.1); 7 is not used. */
export const revocationReasons = {
  unspecified: 0,
  keyCompromise: 1,
  cACompromise: 2,
  affiliationChanged: 3,
  superseded: 4,
  cessationOfOperation: 5,
  certificateHold: 6,
  removeFromCRL: 8,
  privilegeWithdrawn: 9,
  aACompromise: 10,
} as const;

/** The name of a reason. */
export type RevocationReason = keyof typeof revocationReasons;

const byNumber: ReadonlyMap<number, RevocationReason> = new Map(
  Object.entries(revocationReasons).map(([name, number]) => [number, name as RevocationReason]),
);

/** The reason of a number; `undefined` where it has none. */
export function reasonOf(number: number): RevocationReason | undefined {
  return byNumber.get(number);
}
