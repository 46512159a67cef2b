import { toHex } from '@selvage/core';
import { nativeCore } from '@selvage/crypto';
import { describe, expect, it } from 'vitest';
import { MleSecurity } from '../../src/mle/security/mle-security.js';
import { CaptureReader, keysOf, type CapturedMle } from '../support/captured-packets.js';
import { captures } from '../support/captures.js';

/** By capture, how many messages of each command. */
const expected: Record<string, Record<string, number>> = {
  '01-native-commissioning': {
    advertisement: 7,
    dataResponse: 3,
    parentRequest: 7,
    parentResponse: 1,
    childIdRequest: 1,
    childIdResponse: 1,
    discoveryRequest: 16,
    discoveryResponse: 1,
  },
  '02-relay-and-wrong-pskd': {
    advertisement: 11,
    dataResponse: 4,
    parentRequest: 8,
    parentResponse: 3,
    childIdRequest: 2,
    childIdResponse: 2,
    discoveryRequest: 32,
    discoveryResponse: 4,
  },
  '03-external-commissioner': {
    advertisement: 9,
    dataRequest: 1,
    dataResponse: 13,
    parentRequest: 7,
    parentResponse: 1,
    childIdRequest: 1,
    childIdResponse: 1,
    announce: 10,
    discoveryRequest: 16,
    discoveryResponse: 1,
  },
  '04-key-rotation': {
    linkRequest: 1,
    linkAccept: 1,
    advertisement: 21,
    dataResponse: 1,
    parentRequest: 8,
    parentResponse: 3,
    childIdRequest: 2,
    childIdResponse: 2,
  },
  '05-pending-dataset': {
    advertisement: 59,
    dataRequest: 4,
    dataResponse: 16,
    parentRequest: 7,
    parentResponse: 1,
    childIdRequest: 1,
    childIdResponse: 1,
  },
  '06-mesh': {
    linkRequest: 10,
    linkAccept: 1,
    advertisement: 74,
    dataRequest: 2,
    dataResponse: 19,
    parentRequest: 51,
    parentResponse: 6,
    childIdRequest: 6,
    childIdResponse: 6,
    childUpdateRequest: 13,
    childUpdateResponse: 10,
  },
  '07-router-links': {
    linkRequest: 9,
    linkAccept: 3,
    linkAcceptAndRequest: 1,
    advertisement: 48,
    dataResponse: 1,
    parentRequest: 11,
    parentResponse: 11,
    childIdRequest: 4,
    childIdResponse: 4,
    childUpdateRequest: 2,
    childUpdateResponse: 1,
  },
};
/** By capture, how many messages carry network data. */
const withNetworkData: Record<string, number> = {
  '01-native-commissioning': 4,
  '02-relay-and-wrong-pskd': 6,
  '03-external-commissioner': 14,
  '04-key-rotation': 3,
  '05-pending-dataset': 17,
  '06-mesh': 28,
  '07-router-links': 5,
};

describe('every MLE message of captures 01-07 (OpenThread)', () => {
  for (const capture of captures()) {
    it(`${capture.name}: is opened, decoded, encoded and sealed again byte for byte`, () => {
      const messages = new CaptureReader(capture).packets.flatMap(({ mle }) => mle ?? []);
      const commands: Record<string, number> = {};
      let networkData = 0;
      for (const mle of messages) {
        const { opened } = mle;
        if (opened.kind !== 'message') {
          expect(opened.kind).toBe('message');
          continue;
        }
        const { command, tlvs } = opened.message;
        const name = typeof command === 'string' ? command : `unknown ${command.unknown}`;
        commands[name] = (commands[name] ?? 0) + 1;
        networkData += tlvs.filter(({ type }) => type === 'networkData').length;
        expect(tlvs.filter(({ type }) => type === 'unknown')).toEqual([]);
        expect(toHex(sealedAgain(mle))).toBe(toHex(mle.datagram));
      }
      expect(commands).toEqual(expected[capture.name]);
      expect(networkData).toBe(withNetworkData[capture.name]);
    });
  }
});

function sealedAgain({ opened, networkKey, source, destination }: CapturedMle): Uint8Array {
  if (opened.kind !== 'message' || networkKey === undefined) return new Uint8Array();
  const { protection, message } = opened;
  const { keySequence, frameCounter } =
    protection.kind === 'secured' ? protection : { keySequence: 0, frameCounter: 0 };
  const security = new MleSecurity(nativeCore, keysOf(networkKey, keySequence, frameCounter));
  return security.seal(message, source, destination) ?? new Uint8Array();
}
