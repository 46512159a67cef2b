/** A device that lies to the tool: at each request over the onboarding connection, in each way. */
import type { ResponseCode, ServerResponse } from '@selvage/coap';
import { type PeerAddress, SelvageError } from '@selvage/core';
import { describe, expect, it } from 'vitest';
import type { FoundDevice } from '../../../src/index.js';
import { Site, type SiteTool } from '../../onboarding/support/site.js';
import { FakeDevice, type Reply } from './fake-device.js';

const ocf = { contentFormat: 10_000 } as const;

function refusal(code: ResponseCode): ServerResponse {
  return { code };
}

/** The ways to answer wrongly. */
const lies: Readonly<Record<string, Reply>> = {
  '4.00': refusal('4.00'),
  '4.01': refusal('4.01'),
  '4.03': refusal('4.03'),
  '4.05': refusal('4.05'),
  '5.00': refusal('5.00'),
  '5.03': refusal('5.03'),
  '2.04 with what is no CBOR': { code: '2.04', ...ocf, payload: new Uint8Array(300).fill(0xff) },
  '2.04 with lists in one another': { code: '2.04', ...ocf, payload: new Uint8Array(900).fill(0x81) },
  '2.05 in another format': { code: '2.05', contentFormat: 50, payload: new TextEncoder().encode('{}') },
  '2.04 and a megabyte': { code: '2.04', ...ocf, payload: new Uint8Array(1_000_000) },
  silence: 'silence',
  goodbye: 'goodbye',
};

async function lied(seed: string, request: number, reply: Reply | undefined) {
  const site = new Site(seed);
  const tool = await site.tool('tool');
  const fake = new FakeDevice(site, 'fake', (at) => (at === request ? reply : undefined));
  const found = await site.unowned(tool);
  const steps: string[] = [];
  const outcome = await own(site, tool, found, steps);
  return { site, tool, fake, outcome, steps };
}

function own(site: Site, { tool }: SiteTool, found: readonly FoundDevice<PeerAddress>[], steps: string[]) {
  const owning = tool.own(found[0] as FoundDevice<PeerAddress>, { onProgress: ({ step }) => steps.push(step) });
  return site.settle(owning.catch((error: unknown) => error));
}

describe('a device that lies to the tool', async () => {
  const whole = await lied('nothing', -1, undefined);
  const { requests } = whole.fake;
  const boundary = requests.length - 4;

  it('is taken for a good one as long as it answers as one', () => {
    expect(whole.outcome).toMatchObject({ stage: 'owned' });
    expect(requests.length).toBe(13);
    expect(requests[boundary]).toBe('POST /oic/sec/pstat');
  });

  describe.each(Object.entries(lies))('with %s', (name, reply) => {
    it.each(requests.map((request, at) => ({ at, request })))(
      'at request $at ($request) is not owned, and the error names the step',
      async ({ at }) => {
        const { site, tool, outcome, steps } = await lied(`${name} at ${at}`, at, reply);
        expect(outcome).toBeInstanceOf(SelvageError);
        const error = outcome as SelvageError;
        const step = steps[2 + at + 1];
        const told = [error, error.cause].map((one) => (one as SelvageError | undefined)?.details?.['step']);
        expect(told).toContain(step);
        expect(error.message).toContain('device');
        expect(error.remedy ?? (error.cause as SelvageError | undefined)?.remedy ?? 'none').toMatch(/\w/);
        const devices = tool.tool.devices();
        expect(devices.filter(({ stage }) => stage === 'owned')).toEqual([]);
        if (at < boundary) expect(devices).toEqual([]);
        // What may have an owner is not forgotten, and not taken for owned by the next run.
        await site.settle(tool.tool.resume());
        expect(tool.tool.devices().filter(({ stage }) => stage === 'owned')).toEqual([]);
      },
    );
  });
});
