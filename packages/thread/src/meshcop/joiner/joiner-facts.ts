/** What a joiner says of itself in JOIN_FIN, for the commissioner to judge (Thread 1.3 §8.4.4.4). */
export interface JoinerFacts {
  readonly vendorName: string;
  readonly vendorModel: string;
  readonly vendorSoftwareVersion: string;
  readonly vendorData?: string | undefined;
  /** Where the commissioner finds the application that the device is to be set up with. */
  readonly provisioningUrl?: string | undefined;
}
