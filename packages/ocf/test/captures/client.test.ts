import type { PeerAddress } from '@selvage/core';
import { Secret, toHex } from '@selvage/core';
import { readCertificate } from '@selvage/pki';
import { describe, expect, it } from 'vitest';
import {
  certificateSuites,
  type ClientIdentity,
  OcfClient,
  parseUuid,
  pskSuites,
  type Uuid,
  uuidBytes,
} from '../../src/index.js';
import { allows, type Exception } from './support/compare.js';
import { type CapturedExchange, exchangesOf, flowOf } from './support/flows.js';
import { LabWorld } from './support/lab-world.js';
import { Renaming } from './support/renaming.js';
import { isAlikeCertificate } from './support/same-contents.js';
import { StandInDevice, type StandInOptions } from './support/stand-in-device.js';

const [lamp, client] = ['62d8e00a-c631-481a-6960-4877df1c7190', 'c68780ae-5d0a-4ce0-5994-450a39ca055a'].map(
  parseUuid,
) as [Uuid, Uuid];

/** What the client of a flow asked the lamp in its session; over TCP it would be the same over UDP. */
function askedIn(start: string): readonly CapturedExchange[] {
  const asked = exchangesOf(flowOf(start)).filter(({ from, over }) => from === 'device 2' && over !== 'coap');
  return asked.map((one) => ({ ...one, over: 'coaps' as const }));
}

/** Our client in the place of the captured one, and a lamp that answers as the captured one did. */
function playing(
  start: string,
  world: LabWorld,
  {
    sessions,
    identity,
    anchors = [],
  }: Pick<StandInOptions, 'sessions'> & { identity: ClientIdentity; anchors?: Uint8Array[] },
) {
  const { core, entropy, clock, keys, network } = world;
  const device = new StandInDevice({
    ...{ world, keys, name: 'device 1', uuid: lamp, renaming: new Renaming(), elsewhere: [] },
    ...(sessions !== undefined && { sessions }),
  });
  device.expect(askedIn(start));
  const ours = new OcfClient<PeerAddress>({
    ...{ core, entropy, clock, identity, groups: [], resolve: () => undefined },
    plain: network.open('client plain'),
    secured: network.open('client secured'),
    anchors: () => anchors.map((der) => ({ certificate: readCertificate(der) })),
    sign: ({ key, hash, message }) => keys.sign({ handle: key, hash, message }),
  });
  return { device, client: ours, to: { device: lamp, secured: [device.address.secured] } };
}

/** A lamp and a client that share a key. */
function paired(start: string, world: LabWorld) {
  const key = Secret.of(new Uint8Array(16).fill(7));
  const isClient = (identity: Uint8Array): boolean => toHex(identity) === toHex(uuidBytes(client));
  const credentials = {
    identityHint: uuidBytes(lamp),
    keyForIdentity: (identity: Uint8Array) => (isClient(identity) ? key : undefined),
  };
  const identity = { device: client, pskFor: (device: Uuid) => (device === lamp ? key : undefined) };
  return playing(start, world, { sessions: { suites: pskSuites, credentials }, identity });
}

function left({ findings }: StandInDevice, exceptions: readonly Exception[] = []): readonly unknown[] {
  return findings.filter((finding) => !exceptions.some((exception) => allows(exception, finding)));
}

describe('our client, answered as IoTivity-Lite answered its own', () => {
  it('reads, changes and observes a lamp by the key of the pair (flow a11)', async () => {
    const world = new LabWorld('a11');
    const { device, client: ours, to } = paired('a11', world);
    const reads = [await world.settle(ours.get(to, '/a/light')), await world.settle(ours.get(to, '/a/light'))];
    expect(reads.map((value) => (value as ReadonlyMap<string, unknown>).get('power'))).toEqual([1, 2]);
    const answer = await world.settle(ours.set(to, '/binaryswitch', { value: true }));
    expect(answer).toEqual(new Map([['value', true]]));
    const states: unknown[] = [];
    const stop = await world.settle(ours.observe(to, '/binaryswitch', { onState: ({ value }) => states.push(value) }));
    await world.pass(500);
    stop();
    await world.pass(500);
    expect(states).toEqual([new Map([['value', true]])]);
    expect([left(device), device.left]).toEqual([[], []]);
  });

  it('does over UDP what its client did over TCP (flow g02)', async () => {
    const world = new LabWorld('g02');
    const { device, client: ours, to } = paired('g02', world);
    await world.settle(ours.get(to, '/a/light'));
    await world.settle(ours.set(to, '/binaryswitch', { value: true }));
    expect([left(device), device.left]).toEqual([[], []]);
  });

  it('shows its role before its first request in a session by certificates (flow d02)', async () => {
    const world = new LabWorld('d02');
    const authority = await world.authority();
    const own = await authority.certify({ kind: 'identity', device: client }, await world.key());
    const role = { kind: 'role', device: client, roles: [{ role: 'lab.role.user' }] } as const;
    const granted = await authority.certify(role, own.key);
    const certificate = await authority.certify({ kind: 'identity', device: lamp }, await world.key());
    const {
      device,
      client: ours,
      to,
    } = playing('d02', world, {
      sessions: { suites: certificateSuites, credentials: { certificate }, clientAuthentication: 'require' },
      identity: { device: client, pskFor: () => undefined, certificate: own, roles: [granted.chain] },
      anchors: [authority.root.certificate.der],
    });
    await world.settle(ours.get(to, '/a/light'));
    await world.settle(ours.get(to, '/a/light'));
    const exceptions: readonly Exception[] = [
      { path: 'roles[].publicdata.data', reason: 'another authority, another key', accepts: isAlikeCertificate },
      { path: 'roles[].roleid', reason: 'the certificate says it', accepts: (_, value) => value === 'absent' },
    ];
    expect([left(device, exceptions), device.left]).toEqual([[], []]);
  });
});
