/**
 * A device that joins a mesh by its passphrase, takes its place there and is owned by its manufacturer certificate: real
 * engines in virtual time, and what its radio and its processor did.
 */
import { Secret, SelvageError } from '@selvage/core';
import { type UdpAddress, udpAddress } from '@selvage/core/node';
import { MemoryStore, SeededEntropy } from '@selvage/core/virtual';
import { type CryptoCore, LocalKeyHome, nativeCore } from '@selvage/crypto';
import { MeshHost } from '@selvage/device';
import {
  deviceKinds,
  newUuid,
  nilUuid,
  OcfDevice,
  OnboardingTool,
  permissions,
  type ProvisioningTask,
} from '@selvage/ocf';
import { type AttributeInput, CertificateAuthority, validFor } from '@selvage/pki';
import { type EnergyUse, useSince, World, type WorldNode } from '@selvage/sim';
import { ip6Text } from '@selvage/thread';

/** What a device did in each part of its way. */
export interface JoinUse {
  /** From its start to the network key. */
  readonly join: EnergyUse;
  /** From there to its place in the network. */
  readonly attach: EnergyUse;
  /** From doxm to RFNOP. */
  readonly transfer: EnergyUse;
}

/** A device in its place on the mesh, and a router beside it at which its owner is. */
export interface JoinedPair {
  readonly world: World;
  readonly device: WorldNode;
  readonly router: WorldNode;
  readonly join: EnergyUse;
  readonly attach: EnergyUse;
}

const label = { eui64: '18b4300000000001', passphrase: 'J01NME' };
const channelOfCapture: number = 15;
const [minute, second] = [60_000, 1000] as const;
/** Ports of the device and of its owner. */
const [plainPort, securedPort] = [5683, 5684] as const;
/** How long certificates hold, days. */
const years = 3650;
const signing = { algorithm: 'ecdsa-p256', usages: ['sign'] } as const;

/** Joins, attaches and is owned. */
export async function joinAndBeOwned(seed: string, channel = channelOfCapture): Promise<JoinUse> {
  const pair = await joinedPair(seed, channel);
  const { join, attach } = pair;
  return { join, attach, transfer: await transferOn(pair) };
}

/** A network whose leader commissions, as in OpenThread's capture; the device looks at all channels. */
export async function joinedPair(seed: string, channel = channelOfCapture): Promise<JoinedPair> {
  const world = new World({ seed, channel, metersEnergy: true });
  const router = world.add({ name: 'router', kind: 'router' });
  router.start('lead');
  await world.run(10 * second);
  const commissioner = world.commission('router');
  commissioner.admit([label]);
  await until(world, () => commissioner.commissioner.state === 'active', minute, 'the commissioner is not active');
  await world.run(5 * second);
  const device = world.add({ name: 'device', kind: 'end-device', join: label });
  const meter = meterOf(device);
  let joined: EnergyUse | undefined;
  world.onEvent(({ node, event }) => {
    if (node === device && event.kind === 'joined') joined = meter.use;
  });
  const before = meter.use;
  device.start('attach');
  const isChild = (): boolean => device.thread?.role === 'child';
  let attached: EnergyUse | undefined;
  const stop = world.onEvent(({ node, event }) => {
    if (node === device && event.kind === 'role' && isChild()) attached ??= meter.use;
  });
  await until(world, () => attached !== undefined, minute, 'the device does not join');
  stop();
  if (joined === undefined || attached === undefined) throw new SelvageError('wrong-state', 'nobody told of the join');
  // What follows an attachment is over.
  await world.run(20 * second);
  return { world, device, router, join: useSince(before, joined), attach: useSince(joined, attached) };
}

/** Meter of a node of a world that counts. */
export function meterOf({ energy }: WorldNode) {
  if (energy === undefined) throw new SelvageError('wrong-state', 'the world does not count');
  return energy;
}

/** The node as a host with ports. @throws SelvageError `wrong-state` for a node that is off */
export function hostOf({ runner, name }: WorldNode): MeshHost {
  if (runner === undefined) throw new SelvageError('wrong-state', `${name} is off`);
  return new MeshHost(runner);
}

async function transferOn({ world, device, router }: JoinedPair): Promise<EnergyUse> {
  const { clock, seed } = world;
  const meter = meterOf(device);
  const maker = await makeManufacturer(`${seed}/maker`, clock.wallTime());
  const light = await openLight(world, device, meter.core, maker);
  const owner = await openOwner(world, router, maker);
  const { address } = light;
  const found = {
    device: light.device.deviceId,
    plain: [udpAddress(address, plainPort)],
    secured: [udpAddress(address, securedPort)],
    owned: false,
    doxm: undefined,
    links: [],
    name: undefined,
    platform: nilUuid,
  };
  const before = meter.use;
  let isOver = false;
  const owning = owner.tool.own(found, { method: 'manufacturer-certificate', tasks: [owner.access] });
  const settle = (): void => void (isOver = true);
  owning.then(settle, settle);
  await clock.runUntil(() => isOver, clock.now() + minute);
  await owning;
  return useSince(before, meter.use);
}

/** Who makes devices: a root, and an authority below it, as in IoTivity-Lite's capture. */
interface Maker {
  readonly root: CertificateAuthority;
  readonly below: CertificateAuthority;
}

async function makeManufacturer(seed: string, now: number): Promise<Maker> {
  const validity = validFor(now, years);
  const { keys, root, ...common } = await rootOf(seed, 'Bench Root', now);
  const key = await keys.generate(signing);
  const subject: AttributeInput[] = [
    ['O', 'Bench'],
    ['CN', 'Bench Intermediate'],
  ];
  const { chain } = await root.issue(
    { kind: 'intermediate', subject },
    { publicKey: await keys.publicKey(key), validity },
  );
  const below = new CertificateAuthority({ ...common, keys, key, store: new MemoryStore() }, chain);
  return { root, below };
}

async function rootOf(seed: string, name: string, now: number) {
  const common = { core: nativeCore, entropy: new SeededEntropy(seed) };
  const keys = new LocalKeyHome(common);
  const key = await keys.generate(signing);
  const subject: AttributeInput[] = [
    ['O', 'Bench'],
    ['CN', name],
  ];
  const setting = { ...common, keys, key, store: new MemoryStore() };
  const root = await CertificateAuthority.establish(setting, { subject, validity: validFor(now, years) });
  return { ...common, keys, root };
}

async function openLight(world: World, node: WorldNode, core: CryptoCore, { below }: Maker) {
  const { clock, seed } = world;
  const host = hostOf(node);
  const address = ip6Text(host.address);
  const entropy = new SeededEntropy(`${seed}/light`);
  const keys = new LocalKeyHome({ core, entropy });
  const { privateKey, publicKey } = nativeCore.p256.generateKeyPair(entropy);
  const { chain } = await below.issue(
    { kind: 'device', subject: [['CN', 'Bench Light']] },
    { publicKey, validity: validFor(clock.wallTime(), years) },
  );
  const endpoints = { coap: `coap://[${address}]:${plainPort}`, coaps: `coaps://[${address}]:${securedPort}` };
  const device = await OcfDevice.open<UdpAddress>({
    core,
    entropy,
    clock,
    store: new MemoryStore(),
    keys,
    plain: host.open(plainPort),
    secured: host.open(securedPort),
    groups: [],
    endpoints: () => endpoints,
    model: deviceKinds.light({ name: 'Bench Light' }),
    manufacturer: { chain, key: await keys.importKey(signing, Secret.of(privateKey)) },
  });
  return { device, address };
}

async function openOwner(world: World, node: WorldNode, { root }: Maker) {
  const { clock, seed } = world;
  const host = hostOf(node);
  const entropy = new SeededEntropy(`${seed}/owner`);
  const uuid = newUuid(entropy);
  const own = await rootOf(`${seed}/owner root`, 'Bench Owner', clock.wallTime());
  const { retrieve, update, notify } = permissions;
  const permission = retrieve | update | notify;
  const entries = [{ subject: { uuid }, resources: [{ wc: '*' as const }], permission }];
  const access: ProvisioningTask = { kind: 'access', entries };
  const tool = await OnboardingTool.open<UdpAddress>({
    core: nativeCore,
    entropy,
    clock,
    plain: host.open(),
    secured: host.open(),
    groups: [],
    resolve: ({ host: name, port }) => udpAddress(name, port),
    uuid,
    domain: { uuid: newUuid(entropy), name: 'Bench' },
    store: new MemoryStore(),
    keys: own.keys,
    authority: own.root,
    manufacturerAnchors: [{ certificate: root.certificate }],
  });
  return { tool, access };
}

async function until(world: World, condition: () => boolean, within: number, otherwise: string): Promise<void> {
  if ((await world.until(condition, within)) === undefined) throw new SelvageError('timed-out', otherwise);
}
