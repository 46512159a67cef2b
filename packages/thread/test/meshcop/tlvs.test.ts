import { fromHex, Secret } from '@selvage/core';
import { codecSuite } from '@selvage/core/testing';
import { type CommissionerEvent, joinFailed, joinFailures, joinSteps, meshcopTlvs } from '@selvage/thread';
import { describe, expect, it } from 'vitest';
import { finalisationRequest, readFinalisationRequest } from '../../src/meshcop/joiner/join-finalisation.js';
import { CommissionRoom } from '../support/commission-room.js';

const words = (text: string): Uint8Array => new TextEncoder().encode(text);

codecSuite(
  { describe, it, expect },
  {
    name: 'the TLVs of commissioning (Thread 1.3 §8.10.1)',
    codec: meshcopTlvs,
    openEnded: true,
    vectors: [
      {
        name: 'JOIN_FIN of a joiner, as captures 01 to 03 have it',
        bytes: '10 01 01 21 0a 4f70656e546872656164',
        value: [
          { type: 'state', value: 'accept' },
          { type: 'vendorName', value: words('OpenThread') },
        ],
      },
      {
        name: 'a relayed record, with the long form of its length',
        bytes: '12 02 03e8 13 08 d2224e3cf4f2daf6 14 02 6c00 11 ff 0002 16fe',
        value: [
          { type: 'joinerUdpPort', value: 1000 },
          { type: 'joinerInterfaceId', value: fromHex('d2224e3cf4f2daf6') },
          { type: 'joinerRouterLocator', value: 0x6c00 },
          { type: 'joinerDtlsEncapsulation', value: fromHex('16fe'), extended: true },
        ],
      },
      {
        name: 'a petition that is accepted, and a rejected one',
        bytes: '10 01 01 0a 04 746573 74 0b 02 ab12 10 01 ff',
        value: [
          { type: 'state', value: 'accept' },
          { type: 'commissionerId', value: words('test') },
          { type: 'commissionerSessionId', value: 0xab12 },
          { type: 'state', value: 'reject' },
        ],
      },
      {
        name: 'a KEK, and a type that nobody knows',
        bytes: '15 02 0102 7f 01 00',
        value: [
          { type: 'joinerRouterKek', value: Secret.of(fromHex('0102')) },
          { type: 'unknown', tag: 0x7f, body: fromHex('00') },
        ],
      },
    ],
  },
);

describe('why a join failed', () => {
  it('is said in one way, with the step, the cause, what was seen and what to do', () => {
    const error = joinFailed('finalisation-rejected', { vendor: 'Acme' });
    expect(error.message).toBe('JOIN_FIN was rejected (vendor Acme)');
    expect(error.code).toBe('join-failed');
    expect(error.details).toEqual({ failure: 'finalisation-rejected', step: 'finalisation', vendor: 'Acme' });
    expect(error.remedy).toContain('ask who runs the commissioner');
  });

  it('has words of its own for each cause, and a step that a join has', () => {
    const causes = Object.values(joinFailures);
    expect(new Set(causes.map(({ says }) => says)).size).toBe(causes.length);
    expect(causes.every(({ step, remedy }) => joinSteps.includes(step) && remedy.length > 20)).toBe(true);
    expect(causes.length).toBe(15);
  });
});

describe('text that somebody else wrote', () => {
  it('moves no terminal: what a joiner says of itself, and the name of the commissioner that is active', () => {
    const vendorName = 'Acme\u001b[2J\u202e';
    const facts = { vendorName, vendorModel: 'lamp', vendorSoftwareVersion: '1\n', provisioningUrl: 'http://\u0007' };
    expect(readFinalisationRequest(finalisationRequest(facts))).toMatchObject({
      vendorName: 'Acme\u{fffd}[2J\u{fffd}',
      vendorModel: 'lamp',
      vendorSoftwareVersion: '1\u{fffd}',
      provisioningUrl: 'http://\u{fffd}',
    });
    const room = new CommissionRoom({ seed: 'names' });
    room.connect('phone\u001b[31m');
    room.run(100);
    const tablet = room.connect('tablet');
    room.run(100);
    const [told] = tablet.events;
    const { error } = told as Extract<CommissionerEvent, { kind: 'inactive' }>;
    expect(error?.details).toMatchObject({ failure: 'commissioner-rejected', active: 'phone\u{fffd}[31m' });
    expect(error?.message).not.toContain('\u001b');
  });
});
