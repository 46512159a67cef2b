import { credentialTypes, credentialUsages } from '../security/credential.js';
import { type TransferMethod, transferMethods } from '../security/transfer-method.js';
import type { ManufacturerCredentials, OcfDeviceOptions } from './options.js';
import type { StoredCredential } from './state/stored-credential.js';

/** The manufacturer's credentials as cred lists them: numbered from 1, for all devices, and nobody's to delete. */
export function builtInCredentials(manufacturer: ManufacturerCredentials | undefined): readonly StoredCredential[] {
  if (manufacturer === undefined) return [];
  const { certificate: credtype } = credentialTypes;
  const { manufacturer: own, manufacturerAnchor } = credentialUsages;
  const anchors = (manufacturer.anchors ?? []).map((der) => ({ usage: manufacturerAnchor, chain: [der] }));
  const all = [{ usage: own, chain: manufacturer.chain }, ...anchors];
  return all.map((one, i) => ({ credid: i + 1, credtype, subjectuuid: '*', ...one }));
}

/** The numbers of the owner transfer methods that a device offers. */
export function offeredMethods(
  options: Pick<OcfDeviceOptions<never>, 'manufacturer' | 'showPin' | 'methods'>,
): readonly number[] {
  const possible: readonly TransferMethod[] = [
    'just-works',
    ...(options.showPin === undefined ? [] : (['random-pin'] as const)),
    ...(options.manufacturer === undefined ? [] : (['manufacturer-certificate'] as const)),
  ];
  const wanted = options.methods ?? possible;
  return possible.filter((method) => wanted.includes(method)).map((method) => transferMethods[method].number);
}
