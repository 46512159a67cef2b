import { bytesEqual, Secret } from '@selvage/core';
import { SeededEntropy } from '@selvage/core/virtual';
import { nativeCore } from '@selvage/crypto';
import { DtlsConnection, type DtlsConfiguration, observeDatagram } from '@selvage/dtls';

/** Hellos of two runs that differ in nothing but the passphrase. */
export interface Hellos {
  readonly clientHelloLength: number;
  readonly serverHelloLength: number;
  /** Whether both hellos are the same bytes in both runs. */
  readonly areSame: boolean;
}

/**
 * Whether a hello says anything of the passphrase. Randomness is what makes two hellos differ; here both runs draw the
 * same, from a seed, so that whatever difference is left could only come from the passphrase.
 */
export function compareHellos(one: string, other: string): Hellos {
  const [a, b] = [hellosFor(one), hellosFor(other)];
  return {
    clientHelloLength: a.client.length,
    serverHelloLength: a.server.length,
    areSame: bytesEqual(a.client, b.client) && bytesEqual(a.server, b.server),
  };
}

function hellosFor(passphrase: string): { client: Uint8Array; server: Uint8Array } {
  const configuration = (name: string): DtlsConfiguration => ({
    core: nativeCore,
    entropy: new SeededEntropy(name),
    suites: ['TLS_ECJPAKE_WITH_AES_128_CCM_8'],
    credentials: { passphrase: Secret.text(passphrase) },
  });
  const client = DtlsConnection.client(configuration('joiner'), 0);
  const server = DtlsConnection.server(configuration('commissioner'), 0);
  const clientHello = firstDatagram(client);
  server.handle({ kind: 'datagram', payload: clientHello }, 0);
  const serverHello = observeDatagram(firstDatagram(server))[0]?.messages[0]?.raw ?? new Uint8Array(0);
  for (const side of [client, server]) side.abandon();
  return { client: clientHello, server: serverHello };
}

function firstDatagram(connection: DtlsConnection): Uint8Array {
  for (let output = connection.poll(0); output !== undefined; output = connection.poll(0)) {
    if (output.kind === 'transmit') return output.payload;
  }
  return new Uint8Array(0);
}
