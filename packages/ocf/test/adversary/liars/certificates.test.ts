/** Devices whose manufacturer's certificate is not good, or not theirs: a tool that wants one takes none of them. */
import { type PeerAddress, SelvageError } from '@selvage/core';
import { type KeyHome, LocalKeyHome, nativeCore, type SignRequest } from '@selvage/crypto';
import { type CertificateProfile, validFor } from '@selvage/pki';
import { describe, expect, it } from 'vitest';
import { type FoundDevice, nilUuid, type OnboardingToolOptions } from '../../../src/index.js';
import { today } from '../../client/support/world.js';
import { Site } from '../../onboarding/support/site.js';
import { rootOf } from '../support/certified.js';

type Chain = readonly Uint8Array[];
type Validity = ReturnType<typeof validFor>;

/** What a maker gives to a device, and what the device makes of it. */
interface Made {
  readonly profile?: CertificateProfile;
  readonly validity?: Validity;
  /** The name of the maker, who the tool knows as `Maker Root`. */
  readonly maker?: string;
  /** Whether the device has another key than the certificate's. */
  readonly stolen?: boolean;
  readonly bend?: (chain: Chain) => Chain;
  readonly bendSignature?: (signature: Uint8Array) => Uint8Array;
}

const day = 86_400_000;
const cases: readonly (Made & { readonly name: string; readonly code: string })[] = [
  { name: 'of an unknown maker', code: 'unknown-ca', maker: 'Other Root' },
  { name: 'that has expired', code: 'certificate-expired', validity: validFor(today - 20 * day, 10) },
  { name: 'that is not valid yet', code: 'certificate-expired', validity: validFor(today + day, 10) },
  { name: 'with the key of another device', code: 'decrypt-error', stolen: true },
  { name: 'that was altered', code: 'bad-certificate', bend: ([leaf]) => [flipped(leaf as Uint8Array, -1)] },
  { name: 'for roles', code: 'unsupported-certificate', profile: roles() },
  {
    name: 'whose ServerKeyExchange has a flipped bit',
    code: 'decrypt-error',
    bendSignature: (one) => flipped(one, -1),
  },
  {
    name: 'whose ServerKeyExchange is signed with nothing',
    code: 'decrypt-error',
    bendSignature: () => new Uint8Array(0),
  },
];

function roles(): CertificateProfile {
  return { kind: 'role', device: '01234567-89ab-4def-8123-456789abcdef', roles: [{ role: 'lab.role.maker' }] };
}

function flipped(bytes: Uint8Array, at: number): Uint8Array {
  const copy = bytes.slice();
  const index = at < 0 ? copy.length + at : at;
  copy[index] = (copy[index] as number) ^ 1;
  return copy;
}

/** A home whose signatures are changed on their way out. */
function bending(home: KeyHome, bend: (signature: Uint8Array) => Uint8Array): KeyHome {
  return {
    generate: (policy) => home.generate(policy),
    list: () => home.list(),
    publicKey: (handle) => home.publicKey(handle),
    destroy: (handle) => home.destroy(handle),
    sign: async (request: SignRequest) => bend(await home.sign(request)),
  } as KeyHome;
}

async function siteWith(made: Made, options: Partial<OnboardingToolOptions<PeerAddress>> = {}) {
  const site = new Site(`maker ${JSON.stringify(made)}`);
  const { authority: known } = await rootOf(site, 'Maker Root');
  const maker = made.maker === undefined ? known : (await rootOf(site, made.maker)).authority;
  const home = new LocalKeyHome({ core: nativeCore, entropy: site.entropy('device keys') });
  const policy = { algorithm: 'ecdsa-p256', usages: ['sign'] } as const;
  const certified = await home.generate(policy);
  const key = made.stolen === true ? await home.generate(policy) : certified;
  const profile: CertificateProfile = made.profile ?? { kind: 'device', subject: [['CN', 'lamp']] };
  const validity = made.validity ?? validFor(today, 100);
  const { chain } = await maker.issue(profile, { publicKey: await home.publicKey(certified), validity });
  const keys = made.bendSignature === undefined ? home : bending(home, made.bendSignature);
  const manufacturer = { chain: made.bend?.(chain) ?? chain, key };
  const lamp = await site.device('lamp', { keys, manufacturer, showPin: undefined });
  const tool = await site.tool('tool', undefined, {
    manufacturerAnchors: [{ certificate: known.certificate }],
    ...options,
  });
  const [found] = await site.unowned(tool);
  return { site, lamp, tool, found: found as FoundDevice<PeerAddress> };
}

describe("a device with a manufacturer's certificate", () => {
  it('that is good is owned by it', async () => {
    const { site, lamp, tool, found } = await siteWith({});
    await site.settle(tool.tool.own(found));
    expect([lamp.device.state, tool.tool.devices()[0]?.method]).toEqual(['RFNOP', 'manufacturer-certificate']);
  });

  it.each(cases)('$name is not owned, nor by a weaker method', async ({ code, ...made }) => {
    const { site, lamp, tool, found } = await siteWith(made);
    const steps: string[] = [];
    const owning = tool.tool.own(found, { onProgress: ({ step }) => steps.push(step) });
    const error = await site.settle(
      owning.then(
        () => undefined,
        (refusal: unknown) => refusal,
      ),
    );
    expect(error).toBeInstanceOf(SelvageError);
    expect((error as SelvageError).code).toBe(code);
    expect((error as SelvageError).details?.['step']).toBe('open the onboarding connection (manufacturer-certificate)');
    expect(tool.tool.devices()).toEqual([]);
    expect(steps.at(-1)).toContain('manufacturer-certificate');
    await site.pass(65_000);
    expect([lamp.device.state, lamp.device.owner]).toEqual(['RFOTM', nilUuid]);
  });

  it('that offers no more than Just Works on its way is refused by who insists', async () => {
    const policy = { methods: ['manufacturer-certificate'] } as const;
    const { site, lamp, tool, found } = await siteWith({}, { policy });
    // doxm in the clear: the methods [0, 2] become [0, 0].
    site.tamper = (payload) => {
      const text = Buffer.from(payload).toString('latin1');
      const weaker = text.replace(/oxms\x82\x00\x02/, 'oxms\x82\x00\x00');
      return [new Uint8Array(Buffer.from(weaker, 'latin1'))];
    };
    await expect(site.settle(tool.tool.own(found))).rejects.toMatchObject({ code: 'method-unavailable' });
    expect([lamp.device.state, tool.tool.devices()]).toEqual(['RFOTM', []]);
  });
});
