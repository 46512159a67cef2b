/** A device that asks its owner's authority for a certificate that is not for it to have. */
import { type PeerAddress, SelvageError } from '@selvage/core';
import { decodePem, encodePem, makeCertificateRequest } from '@selvage/pki';
import { describe, expect, it } from 'vitest';
import { type FoundDevice, ocfResponse } from '../../../src/index.js';
import { Site } from '../../onboarding/support/site.js';
import { FakeDevice } from './fake-device.js';

const other = '0a1b2c3d-0000-4000-8000-0000000000aa';

/** What the device says is its request, by the name that its owner has just given it. */
type Request = (site: Site, named: string) => Promise<string>;

const requests: Readonly<Record<string, Request>> = {
  'for another device': (site) => signedFor(site, `uuid:${other}`),
  'for nobody': (site) => signedFor(site, 'lamp'),
  'for itself and another device': (site, named) => signedFor(site, `uuid:${named}`, `uuid:${other}`),
  'whose signature is flipped': async (site, named) => bent(await signedFor(site, `uuid:${named}`), -1),
  'whose key is altered': async (site, named) => bent(await signedFor(site, `uuid:${named}`), -100),
  'that is none': () =>
    Promise.resolve('-----BEGIN CERTIFICATE REQUEST-----\nMAA=\n-----END CERTIFICATE REQUEST-----\n'),
  'that is text': () => Promise.resolve('give me a certificate'),
  'that is a certificate': async (site) => encodePem('CERTIFICATE', (await site.authority('Liar')).certificate.der),
};

async function signedFor(site: Site, ...names: readonly string[]): Promise<string> {
  const subject = names.map((name) => ['CN', name] as const);
  const request = await makeCertificateRequest(subject, { keys: site.keys, key: await site.key() });
  return encodePem('CERTIFICATE REQUEST', request);
}

function bent(pem: string, at: number): string {
  const [der] = decodePem('CERTIFICATE REQUEST', pem) as [Uint8Array];
  const index = der.length + at;
  der[index] = (der[index] as number) ^ 1;
  return encodePem('CERTIFICATE REQUEST', der);
}

async function owned(name: string, request: Request) {
  const site = new Site(`request ${name}`);
  const tool = await site.tool('tool');
  let csr = '';
  new FakeDevice(site, 'fake', (_, what) =>
    what === 'GET /oic/sec/csr' ? ocfResponse('2.05', { csr, encoding: 'oic.sec.encoding.pem' }) : undefined,
  );
  const found = (await site.unowned(tool))[0] as FoundDevice<PeerAddress>;
  let named: string | undefined;
  // The owner's journal has the name before the device is asked for its request.
  const owning = tool.tool.own(found, {
    tasks: [{ kind: 'identity' }],
    onProgress: () => {
      named ??= tool.tool.devices()[0]?.device;
    },
  });
  const settled = owning.catch((error: unknown) => error);
  await site.clock.runUntil(() => named !== undefined);
  csr = await request(site, named as string);
  return { tool, outcome: await site.settle(settled), named: named as string };
}

describe('a device that asks for a certificate', () => {
  it('of its own is given one', async () => {
    const { tool, outcome, named } = await owned('good', (site, own) => signedFor(site, `uuid:${own}`));
    expect(outcome).toMatchObject({ device: named, stage: 'owned' });
    expect((await tool.memory.authority.issued()).length).toBe(1);
  });

  it.each(Object.entries(requests))('%s is given none, and the error names the step', async (name, request) => {
    const { tool, outcome } = await owned(name, request);
    expect(outcome).toBeInstanceOf(SelvageError);
    const { message, details } = outcome as SelvageError;
    expect(`${message} ${String(details?.['step'])}`).toMatch(/certif|csr/);
    expect(await tool.memory.authority.issued()).toEqual([]);
  });
});
