import { SelvageError } from '@selvage/core';

/** What an owner can do where its own device refuses, by what was asked and by the device's answer. */
const remedies = {
  get: {
    '4.01': 'its access control list leaves its owner out, or it is being provisioned: selvage access shows the list',
    '4.03': 'its access control list leaves its owner out: selvage access shows it, selvage grant owner mends it',
    '4.04': 'selvage get with the device alone lists the resources that it has',
    '4.05': 'this resource cannot be read',
  },
  set: {
    '4.00': 'compare names and values with what selvage get shows',
    '4.01': 'its access control list leaves its owner out, or it is being provisioned: selvage access shows the list',
    '4.03': 'it does not take that value now: compare it with the range and modes that selvage get shows',
    '4.04': 'selvage get with the device alone lists the resources that it has',
    '4.05': 'this resource cannot be changed',
  },
} as const satisfies Record<string, Record<string, string>>;

/** Does what asks a device of ours, and says what its owner can do where it refuses. */
export async function withAdvice<T>(method: keyof typeof remedies, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof SelvageError)) throw error;
    const remedy = (remedies[method] as Readonly<Record<string, string>>)[String(error.details?.['response'])];
    if (remedy === undefined) throw error;
    const { code, message, details, cause, fault } = error;
    throw new SelvageError(code, message, { details, cause, fault, remedy });
  }
}

/** A manufacturer's certificate that is refused does not have to keep a device from its owner. */
export function withOtherMethods(error: SelvageError): SelvageError {
  const { code, message, details, cause, fault, remedy = '' } = error;
  const isOfCertificate = code.includes('certificate') || code === 'unknown-ca';
  if (!isOfCertificate || !String(details?.['step']).includes('manufacturer-certificate')) return error;
  const trust = code === 'unknown-ca' ? "give its manufacturer's root with --trust" : remedy;
  const other = `${trust}; or own it by another method that it offers, such as --method random-pin`;
  return new SelvageError(code, message, { details, cause, fault, remedy: other });
}
