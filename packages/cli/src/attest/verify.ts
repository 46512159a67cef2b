import { type Clock, SelvageError } from '@selvage/core';
import { nativeCore, type PublicKey } from '@selvage/crypto';
import {
  certifiedKeys,
  firstKeyOf,
  type InstanceKeys,
  type ReferenceFile,
  enrolledKeys,
  verifyToken,
} from '@selvage/hardware';
import { decodePem, readCertificate, type TrustAnchor } from '@selvage/pki';
import type { Report } from '../ca/report.js';
import { openingFor } from '../ca/issue-attestation.js';
import { step } from '../ca/step.js';
import { publicKeyOf } from '../keys/public-key.js';
import { readOptionFile, readOptionText } from '../dtls/files.js';
import type { Surface } from '../terminal/surface.js';
import { describeToken, tokenLines } from './describe.js';
import { readReference } from './reference.js';

export interface VerifyOptions {
  readonly nonce: Uint8Array;
  readonly reference?: string;
  readonly trust?: readonly string[];
  readonly key?: string;
  readonly acceptOldProfile: boolean;
  readonly json: boolean;
}

/** `attest verify`. @throws SelvageError that names the step; `attestation-refused` for a token that is not good. */
export async function verify(surface: Surface, report: Report, file: string, options: VerifyOptions): Promise<void> {
  const { nonce, acceptOldProfile } = options;
  const reference = await step('read the reference values', () => readReference(options.reference));
  const own = await step('read the key', () => ownKey(options.key, surface));
  const keyOf = await step('find out whose word counts', () => keysFor(options, own, reference, surface.clock));
  const token = await step('read the token', () => readOptionFile('<token>', file));
  const verified = await step('verify the token', () =>
    verifyToken(token, { core: nativeCore, nonce, keyOf, reference, acceptOldProfile }),
  );
  const { voucher, subject } = verified;
  const judged = reference === undefined ? 'no: no reference values were given' : 'accepted';
  const data = { verified: true, key: subject === undefined ? voucher : `${voucher}: ${subject}`, judged };
  const all = { ...data, ...describeToken(verified) };
  report.show({ event: 'token', data: all, lines: tokenLines(all) });
}

function ownKey(key: string | undefined, surface: Surface): Promise<PublicKey | undefined> {
  return key === undefined ? Promise.resolve(undefined) : publicKeyOf(key, openingFor(surface));
}

function keysFor(
  { trust = [] }: VerifyOptions,
  own: PublicKey | undefined,
  reference: ReferenceFile | undefined,
  clock: Clock,
): InstanceKeys {
  const anchors = trust.flatMap(anchorsIn);
  const instances = reference?.instances ?? [];
  if (own === undefined && anchors.length === 0 && instances.length === 0) {
    throw new SelvageError('invalid-argument', 'nothing says whose signature counts', {
      remedy: "give the manufacturer's root with --trust, the device's own key with --key, or instances in --reference",
    });
  }
  const given: InstanceKeys = () => own && { key: own, voucher: 'enrolled' };
  return firstKeyOf(
    given,
    enrolledKeys(instances),
    certifiedKeys({ core: nativeCore, anchors, now: () => clock.wallTime() }),
  );
}

function anchorsIn(file: string): TrustAnchor[] {
  return decodePem('CERTIFICATE', readOptionText('--trust', file)).map((der) => ({
    certificate: readCertificate(der),
  }));
}
