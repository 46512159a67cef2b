/** The whole way of a token: a device's attestation key, its onboarding connection, and an owner with reference values. */
import { type PeerAddress, SelvageError } from '@selvage/core';
import { MemoryStore, SeededEntropy, VirtualClock, VirtualNetwork } from '@selvage/core/virtual';
import { LocalKeyHome, nativeCore } from '@selvage/crypto';
import {
  type AttestationClaims,
  attestationJudge,
  attestationSubject,
  certifiedKeys,
  instanceIdOf,
  makeToken,
  normalWorldClient,
  type ReferenceValues,
} from '@selvage/hardware';
import { deviceKinds, newUuid, nilUuid, OcfDevice, OnboardingTool } from '@selvage/ocf';
import { CertificateAuthority, validFor } from '@selvage/pki';
import { describe, expect, it } from 'vitest';

const now = Date.parse('2026-11-29T12:00:00Z');
const signer = new Uint8Array(32).fill(0x51);
const implementation = new Uint8Array(32).fill(0x11);

const reference: ReferenceValues = {
  implementations: [implementation],
  lifeCycles: ['secured'],
  isolations: ['namespaces'],
  components: [{ type: 'firmware', signers: [signer], minimumVersion: '1.2.0' }],
};

/** A device and a tool in virtual time; the device says of itself what a test has it say. */
async function meeting(seed: string, changes: Partial<AttestationClaims> = {}) {
  const clock = new VirtualClock({ wallTime: now });
  const network = new VirtualNetwork({ clock, seed, delay: 1 });
  const entropy = (name: string) => new SeededEntropy(`${seed}/${name}`);
  const core = nativeCore;
  const maker = await authority(entropy('maker'));
  const vault = new LocalKeyHome({ core, entropy: entropy('vault') });
  const key = await vault.generate({ algorithm: 'ecdsa-p256', usages: ['sign'] });
  const publicKey = await vault.publicKey(key);
  const instance = instanceIdOf(core, { kind: 'p256', publicKey });
  const subject = attestationSubject(instance, [['O', 'Maker']]);
  const { chain } = await maker.issue({ kind: 'attestation', subject }, { publicKey, validity: validFor(now, 365) });
  const firmware = { type: 'firmware', version: '1.2.0', measurement: new Uint8Array(32).fill(0xf1), signer } as const;
  const claims = {
    instance,
    implementation,
    client: normalWorldClient,
    lifeCycle: 'secured',
    isolation: 'namespaces',
    components: [firmware],
    ...changes,
  } as const;
  const group = network.open('group');
  const device = await OcfDevice.open<PeerAddress>({
    core,
    entropy: entropy('device'),
    clock,
    store: new MemoryStore(),
    keys: new LocalKeyHome({ core, entropy: entropy('device keys') }),
    plain: network.open('device.plain'),
    secured: network.open('device.secured'),
    groups: [group],
    endpoints: () => ({ coap: 'coap://device.plain', coaps: 'coaps://device.secured' }),
    model: deviceKinds.light(),
    attest: (nonce) => makeToken({ keys: vault, key, chain }, { ...claims, nonce }),
  });
  const keyOf = certifiedKeys({ core, anchors: [{ certificate: maker.certificate }], now: () => clock.wallTime() });
  const tool = await OnboardingTool.open<PeerAddress>({
    core,
    entropy: entropy('tool'),
    clock,
    plain: network.open('tool.plain'),
    secured: network.open('tool.secured'),
    groups: [group.address],
    resolve: ({ host }) => ({ key: host }),
    uuid: newUuid(entropy('tool uuid')),
    domain: { uuid: newUuid(entropy('domain')), name: 'Home' },
    store: new MemoryStore(),
    attestation: {
      demand: 'always',
      judge: attestationJudge({ core, keyOf, reference, now: () => clock.wallTime() }),
    },
  });
  const settle = <T>(promise: Promise<T>): Promise<T> => clock.outcome(promise);
  const [found] = await settle(tool.discover({ owned: false }));
  if (found === undefined) throw new SelvageError('device-not-found', 'no device answers');
  return { device, settle, own: () => settle(tool.own(found).catch((error: unknown) => error)) };
}

async function authority(entropy: SeededEntropy): Promise<CertificateAuthority> {
  const keys = new LocalKeyHome({ core: nativeCore, entropy });
  const key = await keys.generate({ algorithm: 'ecdsa-p256', usages: ['sign'] });
  const setting = { core: nativeCore, entropy, keys, key, store: new MemoryStore() };
  return CertificateAuthority.establish(setting, { subject: [['CN', 'Maker Root']], validity: validFor(now, 3650) });
}

describe('an owner with reference values', () => {
  it('owns a device that its manufacturer vouches for and that runs what it should', async () => {
    const { device, own } = await meeting('good');
    expect(await own()).toMatchObject({
      stage: 'owned',
      attested: {
        at: expect.any(Number) as number,
        lifeCycle: 'secured',
        isolation: 'namespaces',
        voucher: 'certified',
        components: [{ type: 'firmware', version: '1.2.0', measurement: 'f1'.repeat(32), signer: '51'.repeat(32) }],
      },
    });
    expect(device.state).toBe('RFNOP');
  });

  it.each<[string, Partial<AttestationClaims>]>([
    ['isolation of the normal world', { isolation: 'permission-only' }],
    ['life cycle', { lifeCycle: 'recoverable-rot-debug' }],
    ['implementation id', { implementation: signer }],
    [
      'version of software component "firmware"',
      { components: [{ type: 'firmware', version: '1.1.9', measurement: signer, signer }] },
    ],
    [
      'signer of software component "firmware"',
      { components: [{ type: 'firmware', version: '1.2.0', measurement: signer, signer: implementation }] },
    ],
    ['instance id', { instance: new Uint8Array(33).fill(1) }],
  ])('refuses one by its %s, and leaves it without an owner', async (claim, changes) => {
    const { device, own } = await meeting(claim, changes);
    expect(await own()).toMatchObject({ code: 'attestation-refused', details: { claim } });
    expect(device.owner).toBe(nilUuid);
  });
});
