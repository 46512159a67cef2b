/** `own --attest` and `--reference`, on devices that attest. */
import { writeFileSync } from 'node:fs';
import { systemEntropy } from '@selvage/core';
import {
  chooseInterface,
  InterfacePort,
  openGroupPorts,
  SharedPort,
  systemClock,
  type UdpAddress,
  uriOf,
} from '@selvage/core/node';
import { MemoryStore } from '@selvage/core/virtual';
import { LocalKeyHome, nativeCore } from '@selvage/crypto';
import { instanceIdOf, makeToken, type ReferenceFile, writeReferenceFile } from '@selvage/hardware';
import { allOcfNodes, deviceKinds, nilUuid, OcfDevice } from '@selvage/ocf';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { World } from './support/world.js';

const world = new World();
const bytes = (byte: number): Uint8Array => new Uint8Array(32).fill(byte);
const reference = world.file('good.json');
const devices: OcfDevice<UdpAddress>[] = [];
const ends: (() => unknown)[] = [];
let values: ReferenceFile;

/** A light that attests to a firmware of this version; `undefined` attests to nothing. */
async function light(name: string, version: string | undefined) {
  const [core, entropy, clock] = [nativeCore, systemEntropy, systemClock];
  const chosen = chooseInterface(world.env['SELVAGE_INTERFACE']);
  const [plain, secured] = [await InterfacePort.open(chosen), await InterfacePort.open(chosen)];
  const groups = (await openGroupPorts(chosen, allOcfNodes)).map((port) => new SharedPort(port));
  const vault = new LocalKeyHome({ core, entropy });
  const key = await vault.generate({ algorithm: 'ecdsa-p256', usages: ['sign'] });
  const publicKey = { kind: 'p256', publicKey: await vault.publicKey(key) } as const;
  const instance = instanceIdOf(core, publicKey);
  const attest = (nonce: Uint8Array) =>
    makeToken(
      { keys: vault, key },
      {
        nonce,
        instance,
        implementation: bytes(0x11),
        client: -1,
        lifeCycle: 'secured',
        components: [
          { type: 'PRoT', version: '1.0.0', measurement: bytes(0x0e), signer: bytes(0) },
          { type: 'APP', version, measurement: bytes(0x0f), signer: bytes(0x51) },
        ],
        isolation: 'namespaces',
      },
    );
  const uri = (scheme: 'coap' | 'coaps', port: InterfacePort, from: UdpAddress): string | undefined => {
    const own = port.localFor(from);
    return own && uriOf(scheme, own);
  };
  const device = await OcfDevice.open<UdpAddress>({
    core,
    entropy,
    clock,
    store: new MemoryStore(),
    keys: new LocalKeyHome({ core, entropy }),
    plain,
    secured,
    groups: groups.map((group) => group.part()),
    endpoints: (from) => ({ coap: uri('coap', plain, from), coaps: uri('coaps', secured, from) }),
    model: deviceKinds.light({ name }),
    ...(version !== undefined && { attest }),
  });
  devices.push(device);
  ends.push(() => device.close(), ...groups.map((group) => () => group.close()));
  return { device, instance: { instance, key: publicKey } };
}

beforeAll(async () => {
  const made = [await light('good', '1.2.0'), await light('old', '1.1.0'), await light('mute', undefined)];
  values = {
    implementations: [bytes(0x11)],
    lifeCycles: ['secured'],
    isolations: ['namespaces'],
    components: [
      { type: 'PRoT', signers: [bytes(0)] },
      { type: 'APP', signers: [bytes(0x51)], minimumVersion: '1.2.0' },
    ],
    instances: made.map(({ instance }) => instance),
  };
  writeFileSync(reference, writeReferenceFile(values));
});
afterAll(async () => {
  for (const end of ends) await end();
});

const wait = ['--wait', '1', '--method', 'just-works', '--no-certificate'];

describe('selvage own', () => {
  it('with reference values owns the device that runs what it should, and lets the others go', async () => {
    const { exit, stdout } = await world.run('own', '--all', '--reference', reference, ...wait);
    expect(exit).toBe(77);
    expect(stdout).toMatch(/^good .* owned by just works/m);
    expect(stdout.replace(/\s+/g, ' ')).toContain('attested PRoT 1.0.0, APP 1.2.0');
    expect(stdout).toContain('1 of 3 devices owned');
    const said = stdout.replace(/\s+/g, ' ');
    expect(said).toContain('version of software component "APP": 1.1.0 where 1.2.0 or later is expected');
    expect(said).toContain('update the firmware of the device first');
    expect(said).toContain('it does not attest, and the policy demands it');
    expect(devices.map(({ owner }) => owner === nilUuid)).toEqual([false, true, true]);
  });

  it('that only takes what is offered owns a device that cannot attest', async () => {
    const words = ['own', '--all', '--attest', 'offered', '--reference', reference, ...wait];
    const { exit, stdout } = await world.run(...words);
    expect([exit, stdout]).toEqual([77, expect.stringContaining('1 of 2 devices owned')]);
    expect(devices.map(({ owner }) => owner === nilUuid)).toEqual([false, true, false]);
  });

  it('tells programs what was attested, and shows it among the devices', async () => {
    const all = await world.json('devices');
    expect(all.find(({ name }) => name === 'good')).toMatchObject({
      attested: {
        voucher: 'enrolled',
        isolation: 'namespaces',
        components: [{ type: 'PRoT' }, { type: 'APP', version: '1.2.0' }],
      },
    });
    expect(all.find(({ name }) => name === 'mute')?.['attested']).toBe(undefined);
    const { stdout } = await world.good('devices');
    expect(stdout).toMatch(/^name +kind +id +owned by +certified to +firmware +access of others$/m);
    expect(stdout).toMatch(/^good .* 1\.2\.0 *$/m);
  });

  it('asks nothing where nothing is said', async () => {
    const { exit } = await world.run('own', 'old', ...wait);
    expect([exit, devices[1]?.owner === nilUuid]).toEqual([0, false]);
  });

  it.each<[string, number, RegExp, readonly string[]]>([
    [
      'a demand without reference values',
      64,
      /nothing says what devices should have been booted from/,
      ['--attest', 'required'],
    ],
    ['a demand that is none', 64, /Allowed choices are never, offered, required/, ['--attest', 'always']],
    ['reference values that are not there', 66, /--reference none.json cannot be read/, ['--reference', 'none.json']],
  ])('with %s exits %i', async (_, code, words, options) => {
    const { exit, says } = await world.run('own', '--all', ...options, ...wait);
    expect([exit, says]).toEqual([code, expect.stringMatching(words)]);
  });
});
