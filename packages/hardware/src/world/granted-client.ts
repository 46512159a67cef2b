/** The firmware's end of what it is granted. */
import { type CborInput, type CborValue, decode, decodeCbor, encode, encodeCbor, SelvageError } from '@selvage/core';
import type { Store } from '@selvage/core';
import type { KeyHome } from '@selvage/crypto';
import type { Channel } from '../channel/channel.js';
import type { ChannelNotice } from '../channel/serving.js';
import type { ChannelRequest } from '../channel/inbound.js';
import { datagram, logLine, operations, peripheralValue, portName, openedPort, services } from './board-protocol.js';
import type { GrantedApi, GrantedPort } from './granted-api.js';
import { GrantedPortClient } from './granted-port-client.js';
import { updateClient } from './update-client.js';

const none = new Uint8Array(0);

/** What firmware has of the vault, on the same channel. */
export interface VaultEnds {
  readonly keys: KeyHome;
  readonly store: Store;
  attest(nonce: Uint8Array): Promise<Uint8Array>;
}

/** Longest line of the log that is sent, in characters. */
const longestLine = 1000;

/**
 * Asks the board what it grants.
 * @throws SelvageError as {@link Channel.request}
 */
export async function connectBoard(channel: Channel, vault: VaultEnds): Promise<GrantedApi> {
  const client = new GrantedClient(channel, vault);
  await client.learn();
  return client;
}

class GrantedClient implements GrantedApi {
  readonly keys: KeyHome;
  readonly store: Store;
  readonly update;
  readonly #vault: VaultEnds;
  readonly #channel: Channel;
  readonly #ports = new Map<number, GrantedPortClient>();
  #facts: CborValue;
  #input: (peripheral: string, value: CborValue) => void = () => undefined;
  #farewell: () => void | Promise<void> = () => undefined;

  constructor(channel: Channel, vault: VaultEnds) {
    this.#vault = vault;
    this.keys = vault.keys;
    this.store = vault.store;
    this.update = updateClient(channel);
    this.#channel = channel;
    channel.serve(services.board, {
      request: (request) => this.#asked(request),
      notice: (notice) => this.#told(notice),
    });
  }

  get facts(): CborValue {
    return this.#facts;
  }

  async learn(): Promise<void> {
    this.#facts = decodeCbor(await this.#channel.request(services.board, operations.facts, none));
  }

  async ports(name: string): Promise<GrantedPort> {
    const answer = await this.#channel.request(services.board, operations.open, encode(portName, { name }));
    const opened = decode(openedPort, answer);
    const port = new GrantedPortClient(this.#channel, opened, () => this.#ports.delete(opened.port));
    this.#ports.set(opened.port, port);
    return port;
  }

  attest(nonce: Uint8Array): Promise<Uint8Array> {
    return this.#vault.attest(nonce);
  }

  show(peripheral: string, value: CborInput): void {
    const body = encode(peripheralValue, { name: peripheral, value: encodeCbor(value) });
    this.#channel.notify(services.board, operations.show, body);
  }

  onInput(listener: (peripheral: string, value: CborValue) => void): void {
    this.#input = listener;
  }

  onStop(farewell: () => void | Promise<void>): void {
    this.#farewell = farewell;
  }

  log(line: string): void {
    this.#channel.notify(services.board, operations.log, encode(logLine, line.slice(0, longestLine)));
  }

  async #asked({ operation }: ChannelRequest): Promise<Uint8Array> {
    if (operation === operations.stop) await this.#farewell();
    else if (operation !== operations.alive) throw new SelvageError('invalid-argument', 'firmware is not asked that');
    return none;
  }

  #told({ operation, body }: ChannelNotice): void {
    if (operation === operations.datagram) {
      const { port, peer, payload } = decode(datagram, body);
      this.#ports.get(port)?.receive(payload, peer);
    } else if (operation === operations.input) {
      const { name, value } = decode(peripheralValue, body);
      this.#input(name, decodeCbor(value));
    }
  }
}
