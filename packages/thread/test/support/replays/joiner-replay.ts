import { fromHex, Secret } from '@selvage/core';
import { nativeCore } from '@selvage/crypto';
import { type DiscoveredNetwork, Joiner, type JoinerFacts, type JoinerOutput } from '@selvage/thread';
import { linkLocalAddress } from '../../../src/ip6/address/thread-address.js';
import { Ip6Endpoint } from '../../../src/ip6/stack/endpoint.js';
import type { CapturedHandshake } from '../captured-handshakes.js';
import { drawsOfClient, pool, ReplayedEntropy } from '../replayed-entropy.js';

/** What a replayed side is given where it is not what was captured. */
export interface Given {
  readonly datagrams?: readonly Uint8Array[];
  readonly draws?: readonly Uint8Array[];
}

/** What our joiner did. */
export interface JoinerReplay {
  readonly sent: readonly Uint8Array[];
  readonly told: readonly JoinerOutput[];
  readonly entropy: ReplayedEntropy;
  readonly failure: unknown;
}

const joinerRouter = fromHex('82cb8dc7a79ea267');
/** What OpenThread's simulated joiner says of itself. */
const facts: JoinerFacts = {
  vendorName: 'OPENTHREAD',
  vendorModel: 'SIMULATION',
  vendorSoftwareVersion: 'ncs-thread-refer',
  vendorStackVersion: fromHex('18b430000010'),
};

/**
 * OpenThread's captured join with ours in the place of its joiner: all that the other side sent is given to it, at once.
 * @param wait how much time then passes, milliseconds
 * @param given what it is given, and draws, in the place of what was captured
 */
export function replayJoiner(handshake: CapturedHandshake, wait = 0, given: Given = {}): JoinerReplay {
  const { datagrams = handshake.payloadsOf('server'), draws = drawsOfClient(handshake) } = given;
  const finalisation = handshake.payloadsOf('client').map((payload) => handshake.open('client', payload));
  const [request] = finalisation.filter((plain) => plain?.[0] === 0x42);
  const entropy = new ReplayedEntropy(
    draws,
    request === undefined ? [] : [pool(request.subarray(2, 4), request.subarray(4, 6))],
  );
  const joiner = new Joiner({
    core: nativeCore,
    entropy,
    identity: { joinerId: fromHex('d65e64fa83f81cf7') },
    passphrase: Secret.of(handshake.passphraseOf('client')),
    facts,
    channels: [15],
  });
  const [sent, told]: [Uint8Array[], JoinerOutput[]] = [[], []];
  const drain = (now: number): void => {
    for (let output = joiner.poll(now); output !== undefined; output = joiner.poll(now)) {
      told.push(output);
      if (output.kind === 'transmit') sent.push(output.payload);
      if (output.kind !== 'discover') continue;
      joiner.handle({ kind: 'discovered', network: networkNearby() }, now);
      joiner.handle({ kind: 'discovery-over' }, now);
    }
  };
  joiner.start();
  drain(0);
  const from = new Ip6Endpoint(linkLocalAddress(joinerRouter), 1000);
  for (const payload of datagrams) {
    joiner.handle({ kind: 'datagram', payload, from }, 0);
    drain(0);
  }
  drain(wait);
  // What it said last is on its way for a while.
  drain(wait + 100);
  const failed = told.find((output) => output.kind === 'failed');
  return { sent, told, entropy, failure: failed?.kind === 'failed' ? failed.error.details?.['failure'] : undefined };
}

function networkNearby(): DiscoveredNetwork {
  return {
    name: 'OpenThread-d195',
    extendedPanId: fromHex('a5b5bf61fe0b4e58'),
    panId: 0xd195,
    channel: 15,
    extended: joinerRouter,
    version: 5,
    nativeCommissioner: true,
    steeringData: Uint8Array.of(0xff),
    joinerUdpPort: 1000,
    rssi: -20,
  };
}
