import { type PeerAddress, Secret } from '@selvage/core';
import { describe, expect, it } from 'vitest';
import { type FoundDevice, nilUuid, type TransferMethod } from '../../src/index.js';
import { Site, type SiteDevice, type SiteTool, type ToolMemory } from './support/site.js';

/** Where a tool is killed: before one of its datagrams leaves, or when it was sent and nothing has come back. */
type Boundary = { readonly at: number; readonly sent: boolean };

/** Kills a tool at its n-th datagram from now on; returns how many it sent. */
function killAt(tool: SiteTool, { at, sent }: Boundary): () => number {
  let count = 0;
  let isOver = false;
  tool.gate = () => {
    if (isOver) return false;
    isOver = count++ === at;
    if (isOver) tool.memory.store.cutPower();
    return !isOver || sent;
  };
  return () => count;
}

/** The tool that follows one that was killed. It takes up what was begun, and waits where it must. */
async function successor(site: Site, memory: ToolMemory): Promise<SiteTool> {
  memory.store.powerOn();
  const next = await site.settle(site.tool('next', memory));
  for (let turn = 0; turn < 3 && next.tool.unfinished().length > 0; turn++) {
    await site.settle(next.tool.resume());
    // A device whose onboarding connection was abandoned frees itself after a minute.
    if (next.tool.unfinished().length > 0) await site.pass(65_000);
  }
  return next;
}

/** Either the old owner, or the new one, and never half: both sides agree. */
async function expectWhole(site: Site, { device }: SiteDevice, { tool, memory }: SiteTool): Promise<boolean> {
  expect(tool.unfinished()).toEqual([]);
  const [record, ...others] = tool.devices();
  expect(others).toEqual([]);
  if (record === undefined) {
    await site.pass(65_000);
    expect([device.state, device.owner]).toEqual(['RFOTM', nilUuid]);
    return false;
  }
  expect([device.state, device.owner, device.deviceId]).toEqual(['RFNOP', memory.uuid, record.device]);
  const acl2 = await site.settle(tool.provisioning.accessList(record.device));
  expect(acl2.length).toBeGreaterThanOrEqual(3);
  return true;
}

const methods = ['just-works', 'random-pin', 'manufacturer-certificate'] as const;

async function siteFor(
  seed: string,
): Promise<{ site: Site; lamp: SiteDevice; tool: SiteTool; found: FoundDevice<PeerAddress> }> {
  const site = new Site(seed);
  const manufacturer = await site.authority('Maker Root');
  const tool = await site.tool('tool', undefined, { manufacturerAnchors: [{ certificate: manufacturer.certificate }] });
  const lamp = await site.certifiedDevice('lamp', manufacturer);
  const [found] = await site.unowned(tool);
  return { site, lamp, tool, found: found as FoundDevice<PeerAddress> };
}

function own({ lamp, tool, found }: Awaited<ReturnType<typeof siteFor>>, method: TransferMethod) {
  const tasks = [{ kind: 'identity' }] as const;
  return tool.tool.own(found, { method, tasks, pin: () => Secret.text(lamp.pin() ?? '') });
}

describe('a tool that is killed in an ownership transfer, and followed by another', () => {
  for (const method of methods) {
    it(`leaves the old owner or the new one at every datagram of ${method}, before it and after it`, async () => {
      const whole = await siteFor(`${method} whole`);
      const count = killAt(whole.tool, { at: Number.POSITIVE_INFINITY, sent: true });
      await whole.site.settle(own(whole, method));
      const datagrams = count();
      const owned: number[] = [];
      for (let at = 0; at < datagrams; at++) {
        for (const sent of [false, true]) {
          const world = await siteFor(`${method} ${at} ${sent}`);
          killAt(world.tool, { at, sent });
          void own(world, method).catch(() => undefined);
          await world.site.pass(500);
          const next = await successor(world.site, world.tool.memory);
          if (await expectWhole(world.site, world.lamp, next)) owned.push(at);
        }
      }
      // The last request that leaves a device un-owned is the one that asks for RFPRO; from then on it is finished.
      expect(datagrams).toBeGreaterThan(20);
      expect(owned.length).toBeGreaterThan(8);
      expect(Math.max(...owned)).toBe(datagrams - 1);
    });

    it(`leaves one or the other at every write of its own in ${method}, done or not`, async () => {
      const whole = await siteFor(`${method} writes`);
      const before = whole.tool.memory.store.writes;
      await whole.site.settle(own(whole, method));
      const writes = whole.tool.memory.store.writes - before;
      expect(writes).toBe(2);
      for (let at = 0; at < writes; at++) {
        for (const outcome of ['old', 'new'] as const) {
          const world = await siteFor(`${method} write ${at} ${outcome}`);
          world.tool.memory.store.cutPowerDuring(at, outcome);
          await expect(world.site.settle(own(world, method))).rejects.toMatchObject({
            code: expect.any(String) as string,
          });
          const next = await successor(world.site, world.tool.memory);
          // The first write comes before the device can have an owner, the last one when it has one for good.
          expect(await expectWhole(world.site, world.lamp, next)).toBe(at === 1);
        }
      }
    });
  }
});
