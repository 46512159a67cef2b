/** A client and a server endpoint joined in memory: what both sides of a handshake cost, without sockets. */
import { type PeerAddress, SelvageError } from '@selvage/core';
import {
  type ChainVerdict,
  type DtlsConfiguration,
  DtlsEndpoint,
  type DtlsPeer,
  type EndpointOutput,
  type SignOperation,
} from '@selvage/dtls';

/** What the endpoints ask of the world around them, answered at once. */
export interface Answers {
  readonly sign?: (operation: SignOperation) => Uint8Array;
  readonly judge?: (chain: readonly Uint8Array[]) => ChainVerdict;
}

/** A session, as each side has it. */
export interface Session {
  readonly client: DtlsPeer;
  readonly server: DtlsPeer;
}

/** How the sides see each other; a second session between the same addresses takes the place of the first. */
export interface Addresses {
  readonly client: PeerAddress;
  readonly server: PeerAddress;
}

const loopback: Addresses = { client: { key: 'client' }, server: { key: 'server' } };
const now = 0;

/** A client and a server endpoint, with any number of sessions between them. */
export class Joined {
  readonly #answers: Answers;
  readonly #client = new DtlsEndpoint<PeerAddress>({});
  readonly #server: DtlsEndpoint<PeerAddress>;
  #received = 0;
  #opened: { client: DtlsPeer | undefined; server: DtlsPeer | undefined } = { client: undefined, server: undefined };

  constructor(server: DtlsConfiguration, answers: Answers = {}) {
    this.#answers = answers;
    this.#server = new DtlsEndpoint<PeerAddress>({ server });
  }

  /**
   * Shakes hands, the exchange of the cookie included.
   * @throws SelvageError when there is no session on both sides
   */
  connect(configuration: DtlsConfiguration, addresses = loopback): Session {
    this.#opened = { client: undefined, server: undefined };
    this.#client.connect(addresses.server, configuration, now);
    this.#run(addresses);
    const { client, server } = this.#opened;
    if (client === undefined || server === undefined) {
      throw new SelvageError('wrong-state', 'the handshake did not complete');
    }
    return { client, server };
  }

  /** Sends application data from the client; returns the bytes that the server has received since the last call. */
  deliver({ client }: Session, data: Uint8Array, addresses = loopback): number {
    this.#received = 0;
    this.#client.handle({ kind: 'peer', peer: client, input: { kind: 'send', data } }, now);
    this.#run(addresses);
    return this.#received;
  }

  /** Ends a session on both sides. */
  close({ client }: Session, addresses = loopback): void {
    this.#client.handle({ kind: 'peer', peer: client, input: { kind: 'close' } }, now);
    this.#run(addresses);
  }

  /** Carries datagrams to and fro until neither side has any. */
  #run({ client, server }: Addresses): void {
    let moved = true;
    while (moved) {
      moved = this.#drain('client', this.#client, this.#server, client);
      moved = this.#drain('server', this.#server, this.#client, server) || moved;
    }
  }

  #drain(
    side: 'client' | 'server',
    endpoint: DtlsEndpoint<PeerAddress>,
    other: DtlsEndpoint<PeerAddress>,
    from: PeerAddress,
  ): boolean {
    let moved = false;
    for (let output = endpoint.poll(now); output !== undefined; output = endpoint.poll(now)) {
      moved = true;
      if (output.kind === 'transmit') {
        other.handle({ kind: 'datagram', payload: output.payload, from }, now);
      } else {
        this.#perform(side, endpoint, output);
      }
    }
    return moved;
  }

  #perform(
    side: 'client' | 'server',
    endpoint: DtlsEndpoint<PeerAddress>,
    { peer, output }: Extract<EndpointOutput<PeerAddress>, { kind: 'peer' }>,
  ): void {
    switch (output.kind) {
      case 'connected':
        this.#opened[side] = peer;
        return;
      case 'data':
        this.#received += output.data.length;
        return;
      case 'key-operation': {
        const signature = this.#answers.sign?.(output.operation) ?? new Uint8Array();
        return endpoint.handle(
          { kind: 'peer', peer, input: { kind: 'key-operation-done', id: output.id, signature } },
          now,
        );
      }
      case 'judge-peer': {
        const verdict = this.#answers.judge?.(output.chain) ?? { accepted: true };
        return endpoint.handle({ kind: 'peer', peer, input: { kind: 'peer-judged', id: output.id, verdict } }, now);
      }
      default:
        return;
    }
  }
}
