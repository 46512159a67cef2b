import { decode, SelvageError } from '@selvage/core';
import { clientHello, findExtension, type ObservedRecord, observeDatagram, serverHello } from '@selvage/dtls';
import { ecjpakeKeyKp, ecjpakeKeyKpPairList, serverEcjpakeParams } from '@selvage/crypto';
import type { TappedDatagram } from '../../../dtls/tapped-port.js';

/** All that somebody on the path has of a handshake, from the datagrams alone. */
export interface Overheard {
  readonly clientRandom: Uint8Array;
  readonly serverRandom: Uint8Array;
  /** The messages that the master secret is bound to, from the ClientHello with the cookie to ClientKeyExchange. */
  readonly transcript: readonly Uint8Array[];
  /** EC-JPAKE only: every public point that was said, by its name in RFC 8236. */
  readonly points: readonly (readonly [name: string, point: Uint8Array])[];
  /** The first protected record of the client: its Finished. */
  readonly clientFinished: ObservedRecord;
}

/**
 * Reads a captured handshake without any key.
 * @throws SelvageError `truncated` when a part of the handshake is missing in the capture.
 */
export function overhear(captured: readonly TappedDatagram[], client: string): Overheard {
  const records = captured.flatMap(({ payload, from }) =>
    observeDatagram(payload).map((record) => ({ record, isClient: from.key === client })),
  );
  const messages = records.flatMap(({ record }) => record.messages);
  const hellos = messages.filter(({ type }) => type === 'client_hello');
  const hello = present(hellos.at(-1), 'ClientHello');
  const start = messages.indexOf(hello);
  const end = messages.findIndex(({ type }) => type === 'client_key_exchange');
  const bodyOf = (type: string) => messages.find((message) => message.type === type)?.body;

  const first = decode(clientHello, hello.body);
  const second = decode(serverHello, present(bodyOf('server_hello'), 'ServerHello'));
  const finished = records.find(
    ({ record, isClient }) => isClient && record.epoch === 1 && record.type === 'handshake',
  );
  return {
    clientRandom: first.random,
    serverRandom: second.random,
    transcript: messages.slice(start, end + 1).map(({ raw }) => raw),
    points: [
      ...roundOnePoints(findExtension(first, 'ecjpake_key_kp_pair')?.value, ['X1', 'X2']),
      ...roundOnePoints(findExtension(second, 'ecjpake_key_kp_pair')?.value, ['X3', 'X4']),
      ...roundTwoPoints(first, bodyOf('client_key_exchange'), bodyOf('server_key_exchange')),
    ],
    clientFinished: present(finished?.record, "the client's Finished"),
  };
}

function roundOnePoints(pair: Uint8Array | undefined, [one, two]: readonly [string, string]): [string, Uint8Array][] {
  if (pair === undefined) return [];
  const { first, second } = decode(ecjpakeKeyKpPairList, pair);
  return [
    [one, first.x],
    [two, second.x],
  ];
}

function roundTwoPoints(
  hello: Parameters<typeof findExtension>[0],
  client: Uint8Array | undefined,
  server: Uint8Array | undefined,
): [string, Uint8Array][] {
  if (findExtension(hello, 'ecjpake_key_kp_pair') === undefined) return [];
  return [
    ['A', decode(ecjpakeKeyKp, present(client, 'ClientKeyExchange')).x],
    ['B', decode(serverEcjpakeParams, present(server, 'ServerKeyExchange')).keyKp.x],
  ];
}

function present<T>(part: T | undefined, name: string): T {
  if (part !== undefined) return part;
  throw new SelvageError('truncated', `the capture holds no whole ${name}`);
}
