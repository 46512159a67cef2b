/** The claims as a wire format (RFC 9783 §4), with the tests that every format gets. */
import { type Codec, mapped, remaining } from '@selvage/core';
import { codecSuite } from '@selvage/core/testing';
import type { AttestationClaims } from '@selvage/hardware';
import { describe, expect, it } from 'vitest';
import { claimsIn, readPayload, writePayload } from '../../src/attestation/payload.js';
import { attester, firmware } from './support.js';

const codec: Codec<AttestationClaims> = mapped(
  remaining,
  (bytes) => claimsIn(readPayload(bytes).map, 'psa-2023'),
  writePayload,
);
const { claims } = await attester('payload');
const { nonce, instance, implementation, client, lifeCycle } = claims;
const least = { nonce, instance, implementation, client, lifeCycle, components: [firmware] };

codecSuite(
  { describe, it, expect },
  {
    name: 'claims of a PSA token (RFC 9783)',
    codec,
    values: [
      claims,
      least,
      { ...least, client: 2 ** 31 - 1, lifeCycle: 'decommissioned', nonce: new Uint8Array(64) },
      { ...least, client: -(2 ** 31), components: Array.from({ length: 16 }, () => firmware) },
    ],
    manyForms: true,
  },
);
