/**
 * Devices owned, provisioned and asked over the loopback: wall time with each side in a process of its own, and every
 * acknowledged change durable on both.
 */
import type { UdpAddress } from '@selvage/core/node';
import { SelvageError } from '@selvage/core';
import type { FoundDevice, ProvisioningTask, TransferMethod, TransferOptions } from '@selvage/ocf';
import type { Figure, Measured } from '../figure.js';
import { Site } from '../ocf/site.js';

/** Devices owned before the first that counts, and those that count. */
const [warmUps, counted] = [300, 100];
const bulkDevices = 500;
const laterGets = 3000;
const path = '/switch';
const identity: ProvisioningTask = { kind: 'identity' };

function own(name: string, method: TransferMethod, atMost: number): Figure {
  return {
    name: `ocf.own.${name}`,
    work: `an ownership transfer by ${method}, from doxm to RFNOP, wall`,
    unit: 'ms',
    atMost,
    measure: () =>
      withSite(warmUps + counted, async (site) => ({
        measured: await median(site, (found, index) => site.tool.own(found, options(site, method, index))),
      })),
  };
}

const provisionIdentity: Figure = {
  name: 'ocf.provision.identity',
  work: 'an identity certificate given to an owned device, its session included, wall',
  unit: 'ms',
  atMost: 9,
  measure: () =>
    withOwned(async (site, owned) => ({
      measured: await median(site, async (_, index) => {
        const device = at(owned, index).device;
        site.tool.client.disconnect(device);
        await site.tool.provisioning.identity(device);
      }),
    })),
};

const getFirst: Figure = {
  name: 'ocf.get.first',
  work: 'a GET that opens its session by the pairwise key, wall',
  unit: 'ms',
  atMost: 3,
  measure: () =>
    withOwned(async (site, owned) => ({
      measured: await median(site, async (_, index) => {
        site.tool.client.disconnect(at(owned, index).device);
        await site.tool.client.get(at(owned, index), path);
      }),
    })),
};

const getNext: Figure = {
  name: 'ocf.get.next',
  work: 'a later GET in the same session, one at a time, wall',
  unit: 'ms',
  atMost: 0.25,
  measure: () =>
    withOwned(async (site, owned) => {
      const to = at(owned, 0);
      for (let i = 0; i < laterGets; i += 1) await site.tool.client.get(to, path);
      const times: number[] = [];
      for (let i = 0; i < laterGets; i += 1) times.push(await timed(() => site.tool.client.get(to, path)));
      return { measured: { value: middle(times), n: laterGets } };
    }),
};

const bulk: Figure = {
  name: 'ocf.bulk',
  work: `${bulkDevices} devices owned and given identity certificates, one process each side`,
  unit: '/s',
  atLeast: 120,
  measure: () =>
    withSite(bulkDevices, async (site) => {
      const begun = performance.now();
      const results = await site.tool.ownAll(site.found, { method: 'just-works', tasks: [identity] });
      const seconds = (performance.now() - begun) / 1000;
      for (const result of results) if ('error' in result) throw result.error;
      return { measured: { value: bulkDevices / seconds, n: bulkDevices, note: 'cold: no warming up' } };
    }),
};

const memory: Figure = {
  name: 'ocf.memory',
  work: `resident memory after collection ÷ ${bulkDevices} devices of one process, owned, with certificates`,
  unit: 'KiB',
  atMost: 300,
  measure: () =>
    withSite(bulkDevices, async (site) => {
      const results = await site.tool.ownAll(site.found, { method: 'just-works', tasks: [identity] });
      for (const result of results) if ('error' in result) throw result.error;
      const bytes = await site.weigh();
      return { measured: { value: bytes / bulkDevices / 1024, n: bulkDevices, note: 'a session of the owner each' } };
    }),
};

export const ocf: readonly Figure[] = [
  own('justworks', 'just-works', 9),
  own('pin', 'random-pin', 9),
  own('certificate', 'manufacturer-certificate', 10),
  provisionIdentity,
  getFirst,
  getNext,
  bulk,
  memory,
];

async function withSite<T>(devices: number, work: (site: Site) => Promise<T>): Promise<T> {
  const site = await Site.start(devices);
  try {
    return await work(site);
  } finally {
    await site.stop();
  }
}

/** Works with devices that are owned, and whose owner may read them. */
function withOwned<T>(work: (site: Site, owned: readonly FoundDevice<UdpAddress>[]) => Promise<T>): Promise<T> {
  return withSite(warmUps + counted, async (site) => {
    const owned: FoundDevice<UdpAddress>[] = [];
    for (const found of site.found) {
      const { device } = await site.tool.own(found, options(site, 'just-works', owned.length));
      owned.push({ ...found, device });
    }
    return work(site, owned);
  });
}

function options(site: Site, method: TransferMethod, index: number): TransferOptions<UdpAddress> {
  const entry = { subject: { uuid: site.owner }, resources: [{ wc: '*' as const }], permission: 6 };
  const tasks: ProvisioningTask[] = [{ kind: 'access', entries: [entry] }];
  return { method, tasks, ...(method === 'random-pin' && { pin: site.pinOf(index) }) };
}

/** Does it to one device after the other; the first ones do not count. */
async function median(
  site: Site,
  operation: (found: FoundDevice<UdpAddress>, index: number) => Promise<unknown>,
): Promise<Measured> {
  const times: number[] = [];
  for (const [index, found] of site.found.entries()) times.push(await timed(() => operation(found, index)));
  return { value: middle(times.slice(warmUps)), n: counted };
}

async function timed(operation: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await operation();
  return performance.now() - begun;
}

function middle(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[times.length >> 1] ?? Number.NaN;
}

function at(owned: readonly FoundDevice<UdpAddress>[], index: number): FoundDevice<UdpAddress> {
  const found = owned[index];
  if (found === undefined) throw new SelvageError('wrong-state', `there is no device ${index}`);
  return found;
}
