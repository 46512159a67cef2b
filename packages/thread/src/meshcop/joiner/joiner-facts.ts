/** What a joiner says of itself in JOIN_FIN, for the commissioner to judge (Thread 1.3 §8.4.4.4). */
export interface JoinerFacts {
  readonly vendorName: string;
  readonly vendorModel: string;
  readonly vendorSoftwareVersion: string;
  /** `OUI (3) | build, revision, minor, major (3)`, 6 bytes: the maker and version of the Thread stack. */
  readonly vendorStackVersion?: Uint8Array | undefined;
  readonly vendorData?: string | undefined;
  /** Where the commissioner finds the application that the device is to be set up with. */
  readonly provisioningUrl?: string | undefined;
}
