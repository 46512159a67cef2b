import { fromHex, Secret, toHex } from '@selvage/core';
import { Dataset, decodeRelayed, encodeRelayed, JoinerRouter, type JoinerRouterOutput } from '@selvage/thread';
import { describe, expect, it } from 'vitest';
import { extendedOfAddress, interfaceIdOfExtended } from '../../../src/ip6/address/interface-id.js';
import { entrustPath, readEntrusted } from '../../../src/meshcop/joiner/entrusted.js';
import { linkPacket } from '../../../src/stack/commissioning/link-datagram.js';
import { answerBytes, postBytes } from '../../../src/tmf/tmf-message.js';
import { tmfPort } from '../../../src/tmf/tmf-port.js';
import {
  answerTo,
  type CapturedDatagram,
  capturedDatagrams,
  type CapturedMessage,
  capturedMessages,
} from '../../support/captured-messages.js';
import { differences } from '../../support/captured-packets.js';
import { type Capture, captures } from '../../support/captures.js';
import { openCaptured, sealAgain } from '../../support/open-captured.js';
import datasets from '../../vectors/datasets.json' with { type: 'json' };

const relayed = '02-relay-and-wrong-pskd';
const [locator, joinerPort] = [0x1c00, 1000] as const;

describe('a joiner router in the place of OpenThread, capture 02', () => {
  const { passed, outputs } = replayRelays();

  it('makes of each datagram of the joiner the RLY_RX that OpenThread made, byte for byte', () => {
    const expected = messagesTo('c/rx').map(({ message }) => toHex(message.payload));
    const made = outputs.flatMap((output) => (output.kind === 'relay' ? [toHex(output.message)] : []));
    expect(made).toEqual(expected);
    expect(made).toHaveLength(8);
  });

  it('makes of each RLY_TX the datagram on the link that OpenThread made, its IPv6 packet byte for byte', () => {
    const expected = passed.filter(({ source }) => isRouter(source));
    const made = outputs.flatMap((output) => (output.kind === 'transmit' ? [output] : []));
    const [{ source, destination }] = expected as [CapturedDatagram];
    const [own, joiner] = [extendedOfAddress(source), extendedOfAddress(destination)];
    const ports = { from: joinerPort, to: joinerPort };
    expect(made.map(({ payload }) => toHex(linkPacket(own, joiner, ports, payload)))).toEqual(
      expected.map(({ packet }) => toHex(packet)),
    );
    expect(made).toHaveLength(9);
    expect(made.every(({ to }) => toHex(to.interfaceId) === toHex(interfaceIdOfExtended(joiner)))).toBe(true);
  });

  it('puts each relayed message into the CoAP message that OpenThread sent', () => {
    const all = [...messagesTo('c/rx'), ...messagesTo('c/tx')];
    for (const { path, message, payload } of all) {
      const { messageId, token, payload: said } = message;
      const made = postBytes({ path, payload: said, confirmable: false, messageId, token });
      expect(toHex(made)).toBe(toHex(payload));
    }
    expect(all).toHaveLength(17);
  });

  it('is given the KEK by which the joiner was then entrusted', () => {
    const [kek] = messagesTo('c/tx').flatMap(({ message }) => decodeRelayed(message.payload)?.kek ?? []);
    const capture = captures().find((each) => each.name === relayed) as Capture;
    const [sent] = capturedMessages(relayed).filter(({ path }) => path === entrustPath) as [CapturedMessage];
    expect(toHex(kek!.reveal())).toBe(kekOf(capture, sent));
  });
});

describe.each(['01-native-commissioning', relayed, '03-external-commissioner'])('JOIN_ENT, capture %s', (name) => {
  const capture = captures().find((each) => each.name === name) as Capture;
  const messages = capturedMessages(name);
  const [sent] = messages.filter(({ path }) => path === entrustPath) as [CapturedMessage];
  const answer = answerTo(messages, sent);
  const dataset = datasetOf(name);

  it('is what our joiner router says: TLVs, CoAP message and IPv6 packet byte for byte', () => {
    const { payload, kek } = entrust(dataset, sent, kekOf(capture, sent));
    expect(toHex(payload)).toBe(toHex(sent.message.payload));
    const { messageId, token } = sent.message;
    const message = postBytes({ path: entrustPath, payload, confirmable: true, messageId, token });
    expect(toHex(packetOf(sent, message))).toBe(toHex(sent.packet));
    expect(kek).toBe(kekOf(capture, sent));
  });

  it('goes in the frames that ours makes of it, sealed under the KEK byte for byte, and so does its answer', () => {
    for (const each of [sent, answer]) {
      expect(differences(each)).toEqual([]);
      expect(each.frames.length).toBe(each === sent ? 2 : 1);
      expect(kekOf(capture, each)).toBe(kekOf(capture, sent));
      for (const { number } of each.frames) {
        const opened = openCaptured(capture, capture.frames[number - 1]!)!;
        expect(toHex(sealAgain(opened))).toBe(toHex(opened.body));
      }
    }
  });

  it('is taken by our joiner, whose answer is the one that OpenThread gave', () => {
    const entrusted = readEntrusted(sent.message.payload, { panId: dataset.get('panId')!, channel: 15 });
    expect(entrusted?.keySequence).toBe(0);
    const said = entrusted!.dataset.entries.map((entry) => JSON.stringify(entry)).sort();
    expect(said).toEqual(dataset.entries.map((entry) => JSON.stringify(entry)).sort());
    const networkKey = toHex(dataset.get('networkKey')!.reveal());
    expect(toHex(entrusted!.dataset.get('networkKey')!.reveal())).toBe(networkKey);
    expect(toHex(packetOf(answer, answerBytes(sent.message, new Uint8Array(0))))).toBe(toHex(answer.packet));
  });
});

/** All that OpenThread's joiner router was given in capture 02, given to ours. */
function replayRelays(): { passed: readonly CapturedDatagram[]; outputs: readonly JoinerRouterOutput[] } {
  const router = new JoinerRouter({ locator: () => locator, entrusts: () => undefined });
  const passed = capturedDatagrams(relayed).filter(({ destinationPort }) => destinationPort === joinerPort);
  const outputs: JoinerRouterOutput[] = [];
  const inOrder = [...passed, ...messagesTo('c/tx')].toSorted((a, b) => numberOf(a) - numberOf(b));
  for (const each of inOrder) {
    if ('path' in each) router.handle({ kind: 'relayed', message: (each as CapturedMessage).message.payload }, 0);
    else if (!isRouter(each.source)) {
      const from = { interfaceId: each.source.slice(8), udpPort: each.sourcePort };
      router.handle({ kind: 'joiner', from, payload: each.payload }, 0);
    }
    for (let output = router.poll(0); output !== undefined; output = router.poll(0)) outputs.push(output);
  }
  return { passed, outputs };
}

/** JOIN_ENT as our joiner router makes it, which is given a KEK for the node that the capture's went to. */
function entrust(
  dataset: Dataset,
  { destination }: CapturedMessage,
  kek: string,
): { payload: Uint8Array; kek: string } {
  const router = new JoinerRouter({ locator: () => locator, entrusts: () => ({ dataset, keySequence: 0 }) });
  const interfaceId = destination.slice(8);
  const payload = Uint8Array.of(23);
  const message = encodeRelayed({ interfaceId, udpPort: joinerPort, locator, payload, kek: Secret.of(fromHex(kek)) });
  router.handle({ kind: 'relayed', message }, 0);
  for (let output = router.poll(100); output !== undefined; output = router.poll(100)) {
    if (output.kind === 'entrust') return { payload: output.payload, kek: toHex(output.kek.reveal()) };
  }
  return expect.fail('nobody was entrusted');
}

/** The key under which the frames of a message went. */
function kekOf(capture: Capture, { frames }: CapturedMessage): string {
  const keys = frames.map(({ number }) => openCaptured(capture, capture.frames[number - 1]!)?.key);
  const [key = new Uint8Array(0)] = keys;
  expect(keys.every((each) => each !== undefined && toHex(each) === toHex(key))).toBe(true);
  return toHex(key);
}

/** The packet of the same ends and ports that ours makes. */
function packetOf({ source, destination }: CapturedDatagram, payload: Uint8Array): Uint8Array {
  return linkPacket(extendedOfAddress(source), extendedOfAddress(destination), { from: tmfPort, to: tmfPort }, payload);
}

function datasetOf(name: string): Dataset {
  const found = datasets.datasets.find((each) => each.name === `${name}: network`);
  return Dataset.parse(found?.tlvs ?? '');
}

function messagesTo(path: string): readonly CapturedMessage[] {
  return capturedMessages(relayed).filter((each) => each.path === path);
}

function isRouter(source: Uint8Array): boolean {
  return toHex(source) === 'fe80000000000000b4eeba8579741b00';
}

function numberOf({ frames }: CapturedDatagram): number {
  return frames[0]?.number ?? 0;
}
