/** What a tool demands of a device before it owns it. */
import { type CborInput, decodeCbor, encodeCbor, type PeerAddress, Secret, SelvageError, toHex } from '@selvage/core';
import { type KeyHandle, LocalKeyHome, nativeCore } from '@selvage/crypto';
import { isCoseOf, readCose, signCose } from '@selvage/pki';
import { describe, expect, it } from 'vitest';
import {
  type AttestationPolicy,
  type AttestedFacts,
  attestationPath,
  type FoundDevice,
  longestToken,
  nilUuid,
  ocfResponse,
  readAttestationRequest,
  transferMethods,
  writeAttestationAnswer,
} from '../../src/index.js';
import { FakeDevice, type Reply } from '../adversary/liars/fake-device.js';
import { clientConfiguration, Peer } from '../device/support/peer.js';
import { Site, type SiteDevice, type SiteTool } from './support/site.js';

const facts: AttestedFacts = {
  at: 1,
  instance: '01',
  implementation: '02',
  lifeCycle: 'secured',
  isolation: 'namespaces',
  voucher: 'enrolled',
  components: [{ type: 'firmware', version: '1.2.0', measurement: '03', signer: '04' }],
};

/** A site whose good devices attest with one key, by a signature over their nonce and what they run. */
class AttestedSite extends Site {
  readonly attested: string[] = [];
  #key: KeyHandle | undefined;

  async attestationKey(): Promise<KeyHandle> {
    return (this.#key ??= await this.key());
  }

  /** What a good device's vault gives. */
  async token(nonce: Uint8Array, firmware = 'good'): Promise<Uint8Array> {
    const keys = this.keys;
    return signCose({ keys, key: await this.attestationKey() }, encodeCbor([nonce, firmware]));
  }

  attestingDevice(name: string, firmware = 'good'): Promise<SiteDevice> {
    return this.device(name, { attest: (nonce) => this.token(nonce, firmware) });
  }

  async policy(demand: AttestationPolicy['demand'] = 'always'): Promise<AttestationPolicy> {
    const key = { kind: 'p256', publicKey: (await this.attestationKey()).publicKey as Uint8Array } as const;
    return {
      demand,
      judge: ({ token, nonce }) => {
        const message = readCose(token);
        if (!isCoseOf(nativeCore, message, key)) throw refusal('signature', 'one of a good device', 'another');
        const [found, firmware] = decodeCbor(message.payload) as [Uint8Array, string];
        if (toHex(found) !== toHex(nonce)) throw refusal('nonce', toHex(nonce), toHex(found));
        if (firmware !== 'good') throw refusal('measurement', 'good', firmware);
        this.attested.push(toHex(nonce));
        return facts;
      },
    };
  }

  async policyTool(demand: AttestationPolicy['demand'] = 'always'): Promise<SiteTool> {
    return this.tool('tool', undefined, { attestation: await this.policy(demand) });
  }

  /** What comes of owning the one device that has no owner. */
  async ownOne({ tool }: SiteTool, found: readonly FoundDevice<PeerAddress>[], steps: string[] = []): Promise<unknown> {
    const one = found[0] as FoundDevice<PeerAddress>;
    const owning = tool.own(one, { method: 'just-works', onProgress: ({ step }) => steps.push(step) });
    return this.settle(owning.catch((error: unknown) => error));
  }
}

function refusal(claim: string, expected: string, found: string): SelvageError {
  const words = `the attestation's ${claim}: ${found} where ${expected} is expected`;
  return new SelvageError('attestation-refused', words, { details: { claim, expected, found }, remedy: 'look at it' });
}

const judgeStep = 'verify what the device was booted from (attestation)';
const askStep = 'ask the device what it was booted from (attestation)';

/** A refusal that names step, claim and remedy, and a device that nobody owns and that can be owned again. */
async function expectLetGo(site: AttestedSite, tool: SiteTool, { device }: SiteDevice, outcome: unknown) {
  expect(outcome).toBeInstanceOf(SelvageError);
  const error = outcome as SelvageError;
  expect(error.code).toBe('attestation-refused');
  expect(error.details?.['step']).toBe(judgeStep);
  expect(error.remedy).toMatch(/\w/);
  await site.pass(100);
  expect([device.state, device.owner]).toEqual(['RFOTM', nilUuid]);
  expect(tool.tool.devices()).toEqual([]);
  expect(await tool.memory.store.names()).toEqual([]);
}

describe('a tool that demands attestation', () => {
  it('owns a device that runs what it should, asked before anything is claimed, and notes what it showed', async () => {
    const site = new AttestedSite('good');
    const { device } = await site.attestingDevice('lamp');
    const tool = await site.policyTool();
    const steps: string[] = [];
    const owned = await site.ownOne(tool, await site.unowned(tool), steps);
    expect(owned).toMatchObject({ stage: 'owned', attested: facts });
    expect(steps.slice(2, 6)).toEqual([
      'open the onboarding connection (just-works)',
      askStep,
      judgeStep,
      'set the operational mode (pstat.om)',
    ]);
    expect(device.owner).toBe(tool.memory.uuid);
    expect(site.attested.length).toBe(1);
    const again = await site.tool('tool', tool.memory);
    expect(again.tool.devices()).toMatchObject([{ attested: facts }]);
  });

  it('lets a device go that runs other firmware, at once, and another tool may have it', async () => {
    const site = new AttestedSite('other firmware');
    const device = await site.attestingDevice('lamp', 'changed');
    const tool = await site.policyTool();
    const outcome = await site.ownOne(tool, await site.unowned(tool));
    expect((outcome as SelvageError).details).toMatchObject({
      claim: 'measurement',
      expected: 'good',
      found: 'changed',
    });
    await expectLetGo(site, tool, device, outcome);
    const lenient = await site.tool('lenient');
    expect(await site.ownOne(lenient, await site.unowned(lenient))).toMatchObject({ stage: 'owned' });
  });

  it.each([
    ['always', false],
    ['when-offered', true],
    ['never', true],
  ] as const)('a device that cannot attest: %s, owned %s', async (demand, isOwned) => {
    const site = new AttestedSite(`none ${demand}`);
    const device = await site.device('lamp');
    const tool = await site.policyTool(demand);
    const outcome = await site.ownOne(tool, await site.unowned(tool));
    if (isOwned) {
      expect(outcome).toMatchObject({ stage: 'owned' });
      expect((outcome as { attested?: unknown }).attested).toBe(undefined);
    } else {
      expect((outcome as SelvageError).details).toMatchObject({ claim: 'token' });
      await expectLetGo(site, tool, device, outcome);
    }
  });

  it.each([
    ['always', false],
    ['when-offered', false],
    ['never', true],
  ] as const)('a device that attests other firmware: %s, owned %s', async (demand, isOwned) => {
    const site = new AttestedSite(`other ${demand}`);
    const device = await site.attestingDevice('lamp', 'changed');
    const tool = await site.policyTool(demand);
    const outcome = await site.ownOne(tool, await site.unowned(tool));
    if (isOwned) expect(outcome).toMatchObject({ stage: 'owned' });
    else await expectLetGo(site, tool, device, outcome);
  });

  it.each(Array.from({ length: 8 }, (_, seed) => seed))(
    'owns over links that lose and repeat, seed %i',
    async (seed) => {
      const site = new AttestedSite(`lossy ${seed}`, { delay: [1, 20], loss: 0.15, duplication: 0.1, reordering: 0.1 });
      let signed = 0;
      await site.device('lamp', { attest: (nonce) => (signed++, site.token(nonce)) });
      const tool = await site.policyTool();
      let found: FoundDevice<PeerAddress>[] = [];
      while (found.length === 0) found = await site.unowned(tool);
      expect(await site.ownOne(tool, found)).toMatchObject({ stage: 'owned', attested: facts });
      // What is sent again is answered with the same token.
      expect(signed).toBe(1);
    },
  );

  it('may be told otherwise for one device', async () => {
    const site = new AttestedSite('one device');
    await site.attestingDevice('lamp', 'changed');
    const tool = await site.policyTool();
    const [found] = await site.unowned(tool);
    const attestation = await site.policy('never');
    const owning = tool.tool.own(found as FoundDevice<PeerAddress>, { method: 'just-works', attestation });
    expect(await site.settle(owning)).toMatchObject({ stage: 'owned' });
  });

  it('demands it by every method', async () => {
    const site = new AttestedSite('methods');
    const { device, pin } = await site.attestingDevice('lamp', 'changed');
    const tool = await site.policyTool();
    const [found] = await site.unowned(tool);
    const owning = tool.tool.own(found as FoundDevice<PeerAddress>, {
      method: 'random-pin',
      pin: () => Secret.text(pin() ?? ''),
    });
    const outcome = await site.settle(owning.catch((error: unknown) => error));
    expect(outcome).toMatchObject({ code: 'attestation-refused' });
    await site.pass(100);
    expect(device.owner).toBe(nilUuid);
  });

  it('lets go where its own judge breaks', async () => {
    const site = new AttestedSite('judge');
    const device = await site.attestingDevice('lamp');
    const judge = (): never => {
      throw new TypeError('broken');
    };
    const tool = await site.tool('tool', undefined, { attestation: { demand: 'always', judge } });
    expect(await site.ownOne(tool, await site.unowned(tool))).toBeInstanceOf(TypeError);
    await site.pass(100);
    expect([device.device.owner, tool.tool.devices()]).toEqual([nilUuid, []]);
  });

  it.each(['killed', 'restarted'] as const)(
    'that is %s while it judges leaves the device without an owner',
    async (how) => {
      const site = new AttestedSite(how);
      const { device } = await site.attestingDevice('lamp');
      const memory = await site.toolMemory('tool');
      const judge = (): Promise<AttestedFacts> => {
        tool.kill();
        return new Promise(() => undefined);
      };
      const tool = await site.tool('tool', memory, { attestation: { demand: 'always', judge } });
      const [found] = await site.unowned(tool);
      void tool.tool.own(found as FoundDevice<PeerAddress>, { method: 'just-works' }).catch(() => undefined);
      await site.pass(120_000);
      expect([device.state, device.owner]).toEqual(['RFOTM', nilUuid]);
      if (how === 'restarted') {
        memory.store.powerOn();
        const next = await site.tool('tool', memory, { attestation: await site.policy() });
        expect(next.tool.unfinished()).toEqual([]);
        expect(await site.ownOne(next, await site.unowned(next))).toMatchObject({ stage: 'owned', attested: facts });
      }
    },
  );
});

describe('a device that lies', () => {
  const noise = new Uint8Array(64).fill(0xff);
  const ocf = { contentFormat: 10_000 } as const;
  const answer = (token: CborInput): Reply => ocfResponse('2.04', { token });
  const lies: readonly (readonly [string, Reply])[] = [
    ['garbage for a token', answer(noise)],
    ['an empty token', answer(new Uint8Array(0))],
    ['a token that is text', answer('token')],
    ['a token that is too long', answer(new Uint8Array(longestToken + 1))],
    ['a token and something beside it', ocfResponse('2.04', { token: noise, owned: true })],
    ['no token', ocfResponse('2.04', {})],
    ['an empty answer', { code: '2.04' }],
    ['a list', ocfResponse('2.04', [noise])],
    ['10 MB', { code: '2.04', ...ocf, payload: new Uint8Array(10_000_000) }],
    ['what is no CBOR', { code: '2.04', ...ocf, payload: noise }],
    ['lists in one another', { code: '2.04', ...ocf, payload: new Uint8Array(900).fill(0x81) }],
    ['another format', { code: '2.04', contentFormat: 50, payload: new TextEncoder().encode('{}') }],
    ['4.03', { code: '4.03' }],
    ['4.29', { code: '4.29' }],
    ['5.00', { code: '5.00' }],
    ['silence', 'silence'],
    ['goodbye', 'goodbye'],
  ];

  it.each(lies)('with %s is owned by nobody, and the error names the step', async (name, reply) => {
    const site = new AttestedSite(`lie ${name}`);
    const tool = await site.policyTool('when-offered');
    const fake = new FakeDevice(site, 'fake', (_, what) => (what === `POST ${attestationPath}` ? reply : undefined));
    const began = site.clock.now();
    const outcome = (await site.ownOne(tool, await site.unowned(tool))) as SelvageError;
    expect(outcome).toBeInstanceOf(SelvageError);
    expect([askStep, judgeStep]).toContain(
      outcome.details?.['step'] ?? (outcome.cause as SelvageError).details?.['step'],
    );
    expect(outcome.remedy ?? (outcome.cause as SelvageError | undefined)?.remedy ?? 'none').toMatch(/\w/);
    // Nothing was asked of it after that: no owner was named, no credential given.
    expect(fake.requests).toEqual([`POST ${attestationPath}`]);
    expect(tool.tool.devices()).toEqual([]);
    expect(site.clock.now() - began).toBeLessThan(60_000);
  });
});

describe('a token of another session', () => {
  /**
   * Somebody in the middle, who owns two sessions: one in which the tool takes him for a new device, and one in which a
   * good device takes him for its new owner. He hands the challenge on, and brings the token back.
   */
  it('is refused: a man in the middle relays challenge and token of a good device', async () => {
    const site = new AttestedSite('relay');
    const good = await site.attestingDevice('good');
    const tool = await site.policyTool('always');
    const [foundGood] = await site.unowned(tool);
    const attacker = new Peer({
      clock: site.clock,
      entropy: site.entropy('attacker'),
      keys: new LocalKeyHome({ core: nativeCore, entropy: site.entropy('attacker keys') }),
      plain: site.network.open('attacker plain'),
      secured: site.network.open('attacker secured'),
    });
    let relayed = 0;
    new FakeDevice(site, 'fake', async (_, what, payload) => {
      if (what !== `POST ${attestationPath}`) return undefined;
      const { challenge } = readAttestationRequest(decodeCbor(payload));
      const { suites, number } = transferMethods['just-works'];
      await attacker.ask({ key: 'good.plain' }, 'POST', '/oic/sec/doxm', { value: { oxmsel: number } });
      const configuration = clientConfiguration(site.entropy('attacker handshake'), suites);
      const session = await attacker.open({ key: 'good.secured' }, configuration);
      const { code, value } = await session.post(attestationPath, { challenge });
      expect(code).toBe('2.04');
      relayed++;
      return ocfResponse('2.04', { token: (value as Map<string, Uint8Array>).get('token') as Uint8Array });
    });
    const found = (await site.unowned(tool)).filter(({ device }) => device !== foundGood?.device);
    const outcome = await site.ownOne(tool, found);
    expect(outcome).toMatchObject({ code: 'attestation-refused', details: { claim: 'nonce', step: judgeStep } });
    expect([relayed, site.attested.length, tool.tool.devices().length]).toEqual([1, 0, 0]);
    expect(good.device.owner).toBe(nilUuid);
  });

  it('is refused: one that was overheard, or made for another challenge', async () => {
    const site = new AttestedSite('replay');
    const kept = [await site.token(new Uint8Array(32).fill(1))];
    const tool = await site.policyTool();
    new FakeDevice(site, 'fake', async (_, what, payload) => {
      if (what !== `POST ${attestationPath}`) return undefined;
      // First an old token, then one over the challenge itself, which the device has the good key sign.
      const { challenge } = readAttestationRequest(decodeCbor(payload));
      const token = kept.shift() ?? (await site.token(challenge));
      return ocfResponse('2.04', writeAttestationAnswer({ token }));
    });
    for (let i = 0; i < 2; i++) {
      const outcome = await site.ownOne(tool, await site.unowned(tool));
      expect(outcome).toMatchObject({ code: 'attestation-refused', details: { claim: 'nonce' } });
    }
    expect(tool.tool.devices()).toEqual([]);
  });

  it('is refused: the token of the same device, from the session before', async () => {
    const site = new AttestedSite('same device');
    const tokens: Uint8Array[] = [];
    const attest = async (nonce: Uint8Array): Promise<Uint8Array> => {
      tokens.push(await site.token(nonce));
      return tokens[0] as Uint8Array;
    };
    await site.device('lamp', { attest });
    const tool = await site.policyTool();
    const judge = (): never => {
      throw refusal('measurement', 'one', 'another');
    };
    const strict = await site.tool('strict', undefined, { attestation: { demand: 'always', judge } });
    expect(await site.ownOne(strict, await site.unowned(strict))).toMatchObject({ details: { claim: 'measurement' } });
    await site.pass(1000);
    expect(await site.ownOne(tool, await site.unowned(tool))).toMatchObject({ details: { claim: 'nonce' } });
    expect(tokens.length).toBe(2);
  });
});
