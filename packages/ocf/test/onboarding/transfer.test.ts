import { decodeCbor, fromHex, type PeerAddress, Secret } from '@selvage/core';
import { MemoryStore } from '@selvage/core/virtual';
import { type KeyHandle, type KeyHome, LocalKeyHome, nativeCore } from '@selvage/crypto';
import { validFor } from '@selvage/pki';
import { describe, expect, it } from 'vitest';
import type { FoundDevice, OnboardingToolOptions } from '../../src/index.js';
import { claimSteps, enterStep, firstAccessSteps, ownSteps } from '../../src/onboarding/transfer/steps.js';
import { exchangesOf, flowOf } from '../captures/support/flows.js';
import { uuidOfDigit } from '../client/support/world.js';
import { Site } from './support/site.js';

/** A site with a manufacturer whose devices a tool takes. */
async function siteOf(seed: string, options: Partial<OnboardingToolOptions<PeerAddress>> = {}) {
  const site = new Site(seed);
  const manufacturer = await site.authority('Maker Root');
  const manufacturerAnchors = [{ certificate: manufacturer.certificate }];
  const tool = await site.tool('tool', undefined, { manufacturerAnchors, ...options });
  return { site, manufacturer, tool };
}

function only<T>(list: readonly T[]): T {
  expect(list.length).toBe(1);
  return list[0] as T;
}

describe('ownership transfer', () => {
  it.each(['just-works', 'random-pin', 'manufacturer-certificate'] as const)(
    'by %s: the device is in RFNOP, knows its owner and its UUID, and talks with its owner by their key',
    async (method) => {
      const { site, manufacturer, tool } = await siteOf(method);
      const { device, pin } = await site.certifiedDevice('lamp', manufacturer);
      const found = only(await site.unowned(tool));
      const steps: string[] = [];
      const owned = await site.settle(
        tool.tool.own(found, {
          method,
          pin: () => Secret.text(pin() ?? ''),
          onProgress: ({ step }) => steps.push(step),
        }),
      );
      expect([device.state, device.owner, device.deviceId]).toEqual(['RFNOP', tool.memory.uuid, owned.device]);
      const { device: former, platform } = found;
      expect(owned).toMatchObject({ method, stage: 'owned', former, platform, name: 'Light', pending: undefined });
      expect(tool.tool.devices()).toEqual([owned]);
      expect(tool.tool.unfinished()).toEqual([]);
      const state = await site.settle(tool.tool.provisioning.state(owned.device));
      expect(state).toMatchObject({ dos: { p: false, s: 3 }, isop: true, rowneruuid: tool.memory.uuid });
      expect(steps.length).toBe(16);
    },
  );

  it('asks for what the reference asks for, in its order (capture a02)', () => {
    const [owner, device, domain] = [
      '18717529-b93b-484a-4e0e-758becc91ccd',
      '62d8e00a-c631-481a-6960-4877df1c7190',
      'd6c2eed1-e35f-44cf-6d1c-803066fe9941',
    ] as never[] as [never, never, never];
    const ownership = { owner, device, domain: { uuid: domain, name: 'OBT' } };
    const ours = [
      ...claimSteps(ownership),
      ...ownSteps(ownership),
      enterStep('RFPRO'),
      ...firstAccessSteps(owner),
      enterStep('RFNOP'),
    ];
    const theirs = exchangesOf(flowOf('a02')).filter(({ over }) => over === 'coaps');
    expect(ours.map(({ request }) => [request.method, request.path, asMap(request.value)])).toEqual(
      theirs.map(({ method, path, payload }) => [
        method,
        path,
        payload === '' ? undefined : asObject(decodeCbor(fromHex(payload))),
      ]),
    );
  });

  it('chooses the best method that the device offers, and keeps what its manufacturer says of it', async () => {
    const { site, manufacturer, tool } = await siteOf('best');
    await site.certifiedDevice('lamp', manufacturer);
    const owned = await site.settle(tool.tool.own(only(await site.unowned(tool))));
    expect(owned.method).toBe('manufacturer-certificate');
    expect(owned.manufacturer).toEqual({ subject: 'CN=lamp', mudUrl: 'https://maker.example/lamp.json' });
  });

  it('is refused before anything is sent where no method is left, with the reason for each', async () => {
    const { site, tool } = await siteOf('policy', { policy: { methods: ['manufacturer-certificate', 'random-pin'] } });
    const { device } = await site.device('lamp');
    const found = only(await site.unowned(tool));
    await expect(site.settle(tool.tool.own(found))).rejects.toMatchObject({
      code: 'method-unavailable',
      message: expect.stringMatching(
        /manufacturer-certificate: the device does not offer it; random-pin: nobody gives the PIN/,
      ) as string,
    });
    await expect(site.settle(tool.tool.own(found, { method: 'just-works' }))).rejects.toMatchObject({
      code: 'method-unavailable',
      message: expect.stringContaining('the policy does not allow it') as string,
    });
    expect(device.deviceId).toBe(found.device);
  });

  it('is refused for a device that has an owner', async () => {
    const { site, tool } = await siteOf('owned');
    await site.device('lamp');
    const found = only(await site.unowned(tool));
    await site.settle(tool.tool.own(found));
    const other = await site.tool('other');
    await expect(site.settle(other.tool.own(found))).rejects.toMatchObject({ code: 'transfer-refused' });
    expect(other.tool.devices()).toEqual([]);
  });

  it('lets one of two tools that race for a device have it, whole', async () => {
    for (const head of [0, 1, 3, 8]) {
      const { site, tool } = await siteOf(`race ${head}`);
      const other = await site.tool('other');
      const { device } = await site.device('lamp');
      const found = only(await site.unowned(tool));
      const first = Promise.allSettled([tool.tool.own(found)]);
      await site.pass(head);
      const [[one], [two]] = await site.settle(Promise.all([first, Promise.allSettled([other.tool.own(found)])]));
      await site.pass(70_000);
      const winners = [tool, other].filter((_, at) => [one, two][at]?.status === 'fulfilled');
      expect(winners.length).toBeLessThanOrEqual(1);
      const owner = winners[0]?.memory.uuid ?? '00000000-0000-0000-0000-000000000000';
      expect([device.owner, device.state]).toEqual([owner, winners.length === 1 ? 'RFNOP' : 'RFOTM']);
      for (const { tool: each, memory } of [tool, other]) {
        expect(each.devices().length).toBe(memory.uuid === owner ? 1 : 0);
      }
    }
  });
});

describe('ownership transfer by Random PIN', () => {
  it('is told apart from other failures where the PIN is wrong, and the device stays un-owned', async () => {
    const { site, tool } = await siteOf('wrong pin');
    const { device } = await site.device('lamp');
    const found = only(await site.unowned(tool));
    const attempt = tool.tool.own(found, { method: 'random-pin', pin: () => Secret.text('00000000') });
    await expect(site.settle(attempt)).rejects.toMatchObject({ code: 'wrong-pin', fault: 'caller' });
    await site.pass(5000);
    expect(tool.tool.devices()).toEqual([]);
    expect([device.state, device.owner]).toEqual(['RFOTM', '00000000-0000-0000-0000-000000000000']);
  });

  it('takes a PIN that the device was asked to show before, without having it show another', async () => {
    const { site, tool } = await siteOf('early pin');
    const { device, pin } = await site.device('lamp');
    await site.settle(tool.tool.requestPin(only(await site.unowned(tool))));
    const shown = pin();
    expect(shown).toMatch(/^\d{8}$/);
    const found = only(await site.unowned(tool));
    await site.settle(tool.tool.own(found, { method: 'random-pin', pin: Secret.text(shown ?? '') }));
    expect(device.state).toBe('RFNOP');
  });

  it('is given up where nobody gives the PIN', async () => {
    const { site, tool } = await siteOf('no pin');
    await site.device('lamp');
    const found = only(await site.unowned(tool));
    const attempt = tool.tool.own(found, { method: 'random-pin', pin: () => undefined });
    await expect(site.settle(attempt)).rejects.toMatchObject({ code: 'cancelled' });
  });
});

/** A home whose signatures have a bit flipped. */
class LyingHome extends LocalKeyHome implements KeyHome {
  override async sign(request: Parameters<KeyHome['sign']>[0]): Promise<Uint8Array> {
    const signature = await super.sign(request);
    signature[signature.length - 1] = (signature.at(-1) as number) ^ 1;
    return signature;
  }
}

describe('ownership transfer by manufacturer certificate', () => {
  it('is refused where the signature of ServerKeyExchange has a flipped bit (which the reference accepts: l01)', async () => {
    const { site, manufacturer, tool } = await siteOf('flipped');
    const keys = new LyingHome({ core: nativeCore, entropy: site.entropy('liar') });
    const key: KeyHandle = await keys.generate({ algorithm: 'ecdsa-p256', usages: ['sign'] });
    const publicKey = await keys.publicKey(key);
    const validity = validFor(site.clock.wallTime(), 1000);
    const { chain } = await manufacturer.issue({ kind: 'device', subject: [['CN', 'liar']] }, { publicKey, validity });
    const { device } = await site.device('lamp', { keys, manufacturer: { chain, key } });
    const found = only(await site.unowned(tool));
    const attempt = tool.tool.own(found, { method: 'manufacturer-certificate' });
    await expect(site.settle(attempt)).rejects.toMatchObject({
      code: 'decrypt-error',
      details: { step: 'open the onboarding connection (manufacturer-certificate)', device: found.device },
    });
    await site.pass(5000);
    expect([device.state, tool.tool.devices().length]).toEqual(['RFOTM', 0]);
  });

  it.each([
    ['of a manufacturer that is not trusted', 0, 'unknown-ca'],
    ['that has expired', 1001, 'certificate-expired'],
  ] as const)('is refused for a certificate %s', async (_name, days, code) => {
    const { site, manufacturer, tool } = await siteOf(code);
    const maker = days === 0 ? await site.authority('Other Root') : manufacturer;
    await site.certifiedDevice('lamp', maker);
    await site.pass(days * 86_400_000);
    const found = only(await site.unowned(tool));
    const attempt = tool.tool.own(found, { method: 'manufacturer-certificate' });
    await expect(site.settle(attempt)).rejects.toMatchObject({ code });
  });

  it('does not fall back to a method that proves less', async () => {
    const { site, tool } = await siteOf('no fallback');
    const { device } = await site.certifiedDevice('lamp', await site.authority('Other Root'));
    await expect(site.settle(tool.tool.own(only(await site.unowned(tool))))).rejects.toMatchObject({
      code: 'unknown-ca',
    });
    await site.pass(5000);
    expect(device.state).toBe('RFOTM');
  });
});

describe('a transfer that fails on the way', () => {
  it('names the step that the device refuses, and leaves neither side with an owner', async () => {
    const store = new MemoryStore();
    const { site, tool } = await siteOf('refused');
    const { device } = await site.device('lamp', { store });
    const found = only(await site.unowned(tool));
    const attempt = tool.tool.own(found, {
      onProgress: ({ step }) => {
        if (step.includes('doxm.owned')) store.cutPower();
      },
    });
    await expect(site.settle(attempt)).rejects.toMatchObject({
      code: 'transfer-refused',
      details: { step: 'declare the device owned (doxm.owned)', request: 'POST /oic/sec/doxm' },
    });
    store.powerOn();
    await site.pass(5000);
    expect([device.state, tool.tool.devices().length]).toEqual(['RFOTM', 0]);
    expect(device.owner).not.toBe(tool.memory.uuid);
  });

  it('tells that a device is not there', async () => {
    const { site, tool } = await siteOf('absent');
    const absent: FoundDevice<PeerAddress> = {
      device: uuidOfDigit('1'),
      plain: [{ key: 'nobody' }],
      secured: [{ key: 'nobody' }],
      owned: false,
      doxm: undefined,
      links: [],
      name: undefined,
      platform: undefined,
    };
    await expect(site.settle(tool.tool.own(absent))).rejects.toMatchObject({
      code: 'timed-out',
      details: { step: 'read the ownership of the device (doxm)' },
    });
    await expect(site.settle(tool.tool.own({ ...absent, plain: [] }))).rejects.toMatchObject({
      code: 'device-not-found',
    });
  });
});

describe('many devices at once', () => {
  it('are owned some at a time, and one that fails does not keep the others', async () => {
    const { site, tool } = await siteOf('many');
    const devices = await Promise.all(Array.from({ length: 12 }, (_, n) => site.device(`d${n}`)));
    const dead = new MemoryStore();
    const broken = await site.device('broken', { store: dead });
    dead.cutPower();
    const found = await site.unowned(tool);
    expect(found.length).toBe(13);
    let atATime = 0;
    let most = 0;
    const results = await site.settle(
      tool.tool.ownAll(found, {
        concurrency: 3,
        onDevice: () => atATime--,
        onProgress: ({ step }) => {
          if (step.startsWith('read the ownership')) most = Math.max(most, ++atATime);
        },
      }),
    );
    expect(most).toBe(3);
    const failed = results.filter((result) => 'error' in result);
    expect(failed.map(({ found: { device } }) => device)).toEqual([broken.device.deviceId]);
    expect(devices.map(({ device }) => device.state)).toEqual(devices.map(() => 'RFNOP'));
    expect(new Set(tool.tool.devices().map(({ device }) => device))).toEqual(
      new Set(devices.map(({ device }) => device.deviceId)),
    );
  });
});

/** A value as it comes back from the wire. */
function asMap(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value, plain));
}

function asObject(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, plain));
}

function plain(_key: string, value: unknown): unknown {
  if (value instanceof Map) return Object.fromEntries(value);
  return value instanceof Uint8Array ? `h'${Buffer.from(value).toString('hex')}'` : value;
}
