import { type Entropy, fromHex, type Instant, type Secret, toHex } from '@selvage/core';
import { SeededEntropy } from '@selvage/core/virtual';
import { type CryptoCore, nativeCore } from '@selvage/crypto';
import {
  Dataset,
  type DiscoveredNetwork,
  type Entrusted,
  Joiner,
  JoinerAdmission,
  type JoinerAdmissionOptions,
  type JoinerAdmissionOutput,
  joinerIdOf,
  type JoinerOutput,
  joinerPassphrase,
  JoinerRouter,
  JoinerTable,
} from '@selvage/thread';
import { linkLocalAddress } from '../../src/ip6/address/thread-address.js';
import { Ip6Endpoint } from '../../src/ip6/stack/endpoint.js';
import { decodeRelayed, encodeRelayed } from '../../src/meshcop/relay/relay-messages.js';

const joinerRouterExtended = fromHex('a2a2a2a2a2a2a2a2');
const joinerRouterPort = 1000;
const locator = 0x6c00;

/** What the network's dataset is. */
export const joinDataset = Dataset.parse(
  '0e08000000000001000035060004001fffe00208a5b5bf61fe0b4e580708fd0d81ef6216b10a05106cffee1ab148313bff55f7fd8fe0cff9030f4f70656e5468726561642d643139350102d1950410f84fd7a1b040975f2d72ec2ac6c7a1960c0402a0f7f8000300000f',
);

/** Something that passes from one to another: change it, or return nothing to lose it. */
export type Passing = {
  readonly from: 'joiner' | 'router' | 'commissioner';
  readonly to: 'joiner' | 'router' | 'commissioner';
  readonly joiner: number;
  readonly payload: Uint8Array;
};

export interface JoinRoomOptions {
  readonly seed: string;
  readonly core?: CryptoCore;
  readonly judge?: JoinerAdmissionOptions['judge'];
  readonly mostSessions?: number;
  /** Every joiner has to bring a cookie by default. */
  readonly handshakesWithoutCookie?: number;
  readonly entropy?: Entropy;
  /** What becomes of what passes; all arrives by default. */
  readonly pass?: (passing: Passing) => Uint8Array | readonly Uint8Array[] | undefined;
  readonly network?: Partial<DiscoveredNetwork>;
}

/** One joiner of the room, and what it told. */
export interface JoinerInRoom {
  readonly joiner: Joiner;
  readonly eui64: Uint8Array;
  readonly told: JoinerOutput[];
  entrusted: Entrusted | undefined;
  /** When it joined or failed. */
  at: number;
  failure: string | undefined;
  kek: Secret | undefined;
}

/** Joiners, their joiner router and the commissioner in one room and in virtual time, without a radio. */
export class JoinRoom {
  now: Instant = 0;
  readonly joiners: JoinerInRoom[] = [];
  readonly table: JoinerTable;
  readonly admission: JoinerAdmission;
  readonly router: JoinerRouter;
  readonly told: JoinerAdmissionOutput[] = [];
  /** To whom JOIN_ENT went: −1 for nobody in the room. */
  readonly entrusts: { readonly to: number; readonly kek: string }[] = [];
  readonly #options: JoinRoomOptions;
  readonly #core: CryptoCore;
  readonly #entropy: Entropy;
  /** Set where JOIN_ENT gets lost. */
  losesEntrusts = false;
  /** Set where the KEK is taken out on its way. */
  losesKek = false;

  constructor(options: JoinRoomOptions) {
    this.#options = options;
    this.#core = options.core ?? nativeCore;
    this.#entropy = options.entropy ?? new SeededEntropy(options.seed);
    this.table = new JoinerTable(this.#core);
    this.admission = new JoinerAdmission({
      core: this.#core,
      entropy: this.#entropy,
      joiners: this.table,
      judge: options.judge ?? (() => ({ accept: true })),
      handshakesWithoutCookie: options.handshakesWithoutCookie ?? 0,
      ...(options.mostSessions === undefined ? {} : { mostSessions: options.mostSessions }),
    });
    this.router = new JoinerRouter({
      locator: () => locator,
      entrusts: () => ({ dataset: joinDataset, keySequence: 7 }),
    });
  }

  /** A device with this passphrase on its label. */
  add(passphrase: string, eui = this.joiners.length + 1): JoinerInRoom {
    const eui64 = fromHex(`18b43000000000${eui.toString(16).padStart(2, '0')}`);
    const joiner = new Joiner({
      core: this.#core,
      entropy: this.#entropy,
      identity: { joinerId: joinerIdOf(this.#core, eui64) },
      passphrase: joinerPassphrase(passphrase),
      facts: { vendorName: 'Acme', vendorModel: `lamp-${eui}`, vendorSoftwareVersion: '1.0' },
      channels: [15],
    });
    const member = { joiner, eui64, told: [], entrusted: undefined, at: -1, failure: undefined, kek: undefined };
    this.joiners.push(member);
    return member;
  }

  admit(member: JoinerInRoom, passphrase: string, lasting = 120_000): void {
    const selector = { kind: 'eui64', eui64: member.eui64 } as const;
    this.table.add(selector, joinerPassphrase(passphrase), this.now + lasting);
  }

  start(): this {
    for (const { joiner } of this.joiners) if (!joiner.isUnderWay) joiner.start();
    return this;
  }

  /** Until nothing is to happen any more, or for so long, milliseconds. */
  run(most = 120_000): this {
    const end = this.now + most;
    for (let turns = 0; turns < 100_000; turns++) {
      while (this.#step());
      const next = Math.min(
        this.admission.deadline ?? Infinity,
        this.router.deadline ?? Infinity,
        ...this.joiners.map(({ joiner }) => joiner.deadline ?? Infinity),
      );
      if (next > end) return this;
      this.now = Math.max(this.now, next);
    }
    throw new Error('the room does not come to rest');
  }

  /** The words in which the commissioner told of failures. */
  get commissionerFailures(): readonly string[] {
    return this.told.flatMap((output) =>
      output.kind === 'joiner' && output.progress.kind === 'failed'
        ? [String(output.progress.error.details?.['failure'])]
        : [],
    );
  }

  #step(): boolean {
    let stepped = false;
    for (const [index, member] of this.joiners.entries()) {
      for (let output = member.joiner.poll(this.now); output !== undefined; output = member.joiner.poll(this.now)) {
        stepped = true;
        this.#joinerSays(output, member, index);
      }
    }
    for (let output = this.admission.poll(this.now); output !== undefined; output = this.admission.poll(this.now)) {
      stepped = true;
      this.told.push(output);
      if (output.kind !== 'relay') continue;
      const { datagram } = output;
      const message = encodeRelayed(this.losesKek ? { ...datagram, kek: undefined } : datagram);
      const joiner = this.#indexOf(datagram.interfaceId);
      for (const payload of this.#pass({ from: 'commissioner', to: 'router', joiner, payload: message })) {
        this.router.handle({ kind: 'relayed', message: payload }, this.now);
      }
    }
    for (let output = this.router.poll(this.now); output !== undefined; output = this.router.poll(this.now)) {
      stepped = true;
      this.#routerSays(output);
    }
    return stepped;
  }

  #joinerSays(output: JoinerOutput, member: JoinerInRoom, index: number): void {
    member.told.push(output);
    switch (output.kind) {
      case 'discover':
        if (this.#options.network !== undefined || this.table.size > 0) {
          member.joiner.handle({ kind: 'discovered', network: this.#network() }, this.now);
        }
        return member.joiner.handle({ kind: 'discovery-over' }, this.now);
      case 'transmit': {
        const from = { interfaceId: this.interfaceId(member), udpPort: 1000 };
        for (const payload of this.#pass({ from: 'joiner', to: 'router', joiner: index, payload: output.payload })) {
          this.router.handle({ kind: 'joiner', from, payload }, this.now);
        }
        return;
      }
      case 'expect-entrust':
        member.kek = output.kek;
        return;
      case 'joined':
        member.entrusted = output.entrusted;
        member.at = this.now;
        return;
      case 'failed':
        member.at = this.now;
        member.failure = String(output.error.details?.['failure']);
        return;
      case 'stop-discovery':
      case 'tune':
      case 'step':
        return;
    }
  }

  #routerSays(output: NonNullable<ReturnType<JoinerRouter['poll']>>): void {
    switch (output.kind) {
      case 'relay': {
        const relayed = decodeRelayed(output.message)!;
        const joiner = this.#indexOf(relayed.interfaceId);
        for (const message of this.#pass({ from: 'router', to: 'commissioner', joiner, payload: output.message })) {
          const datagram = tryRelayed(message);
          if (datagram !== undefined) this.admission.handle({ kind: 'relayed', datagram }, this.now);
        }
        return;
      }
      case 'transmit': {
        const joiner = this.#indexOf(output.to.interfaceId);
        const from = new Ip6Endpoint(linkLocalAddress(joinerRouterExtended), joinerRouterPort);
        for (const payload of this.#pass({ from: 'router', to: 'joiner', joiner, payload: output.payload })) {
          this.joiners[joiner]?.joiner.handle({ kind: 'datagram', payload, from }, this.now);
        }
        return;
      }
      case 'entrust': {
        const index = this.#indexOf(output.to.interfaceId);
        const member = this.joiners[index];
        this.entrusts.push({ to: index, kek: toHex(output.kek.reveal()) });
        if (this.losesEntrusts || member?.kek === undefined) return;
        if (toHex(member.kek.reveal()) !== toHex(output.kek.reveal())) return;
        member.joiner.handle({ kind: 'entrusted', payload: output.payload }, this.now);
        this.router.handle({ kind: 'entrusted', interfaceId: output.to.interfaceId }, this.now);
        return;
      }
      case 'done':
        return;
    }
  }

  #pass(passing: Passing): readonly Uint8Array[] {
    if (this.#options.pass === undefined) return [passing.payload];
    const passed = this.#options.pass(passing);
    if (passed === undefined) return [];
    return passed instanceof Uint8Array ? [passed] : passed;
  }

  #network(): DiscoveredNetwork {
    return {
      name: 'OpenThread-d195',
      extendedPanId: fromHex('a5b5bf61fe0b4e58'),
      panId: 0xd195,
      channel: 15,
      extended: joinerRouterExtended,
      version: 5,
      nativeCommissioner: true,
      steeringData: this.table.steeringData,
      joinerUdpPort: joinerRouterPort,
      rssi: -20,
      ...this.#options.network,
    };
  }

  /** Of a joiner on its link, while it joins. */
  interfaceId({ eui64 }: JoinerInRoom): Uint8Array {
    const id = joinerIdOf(this.#core, eui64);
    id[0] = (id[0] as number) ^ 2;
    return id;
  }

  #indexOf(interfaceId: Uint8Array): number {
    return this.joiners.findIndex((member) => toHex(this.interfaceId(member)) === toHex(interfaceId));
  }
}

function tryRelayed(message: Uint8Array): ReturnType<typeof decodeRelayed> {
  try {
    return decodeRelayed(message);
  } catch {
    return undefined;
  }
}
