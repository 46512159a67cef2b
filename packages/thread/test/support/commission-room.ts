import { CoapEndpoint } from '@selvage/coap';
import { encode, type Entropy, type Instant, type Secret, tryDecode, type SelvageError } from '@selvage/core';
import { SeededEntropy } from '@selvage/core/virtual';
import { nativeCore } from '@selvage/crypto';
import {
  anycastLocators,
  BorderAgent,
  Commissioner,
  type CommissionerEvent,
  type CommissionerOptions,
  CommissionerRegister,
  type Dataset,
  ExternalAccess,
  Ip6Endpoint,
  ip6Prefix,
  ip6Text,
  locatorAddress,
  meshcopTlvs,
  OneTimeAgent,
  type OneTimeAgentOutput,
} from '@selvage/thread';
import { joinDataset } from './join-room.js';

/** A client of the border agent. */
export interface Address {
  readonly key: string;
}

const agentAddress: Address = { key: '[::1]:49191' };
const agentLocator = 0xc800;
const tmfPort = 61631;

/** A commissioner with its session. */
export interface CommissionerInRoom {
  readonly commissioner: Commissioner;
  readonly access: ExternalAccess<Address>;
  readonly address: Address;
  readonly events: CommissionerEvent[];
  closed: string | undefined;
  /** Why the session ended, where it failed. */
  error: SelvageError | undefined;
}

export interface CommissionRoomOptions {
  readonly seed: string;
  readonly pskc?: Secret | undefined;
  /** Has a one-time agent instead. */
  readonly oneTime?: { readonly passcode: Secret; readonly lifetime?: number };
  readonly dataset?: Dataset;
  /** What becomes of a datagram between a commissioner and the agent; it arrives by default. */
  readonly pass?: (payload: Uint8Array, to: 'agent' | 'commissioner') => readonly Uint8Array[];
  readonly entropy?: Entropy;
}

/** Commissioners, a border agent and the leader's register in virtual time, without a mesh. */
export class CommissionRoom {
  now: Instant = 0;
  readonly agent: BorderAgent<Address> | OneTimeAgent<Address>;
  readonly register: CommissionerRegister;
  readonly commissioners: CommissionerInRoom[] = [];
  readonly agentSays: OneTimeAgentOutput<Address>[] = [];
  /** The one in force. */
  dataset: Dataset;
  /** What network data has of commissioning. */
  commissioning: Uint8Array | undefined;
  /** Set where the leader does not answer. */
  isLeaderless = false;
  /** Set where nothing that goes through the proxy arrives. */
  isMute = false;
  /** Whom datagrams through the agent's UDP proxy were for, in order. */
  readonly proxiedTo: string[] = [];
  /** What the leader is to an active commissioner: a node that is reached through the proxy. */
  readonly #leader: CoapEndpoint<Ip6Endpoint>;
  readonly #options: CommissionRoomOptions;
  readonly #entropy: Entropy;

  constructor(options: CommissionRoomOptions) {
    this.#options = options;
    this.#entropy = options.entropy ?? new SeededEntropy(options.seed);
    this.#leader = new CoapEndpoint({ entropy: this.#entropy, maximumPayload: 1000 });
    this.register = new CommissionerRegister(7, (tlvs) => {
      this.commissioning = tlvs;
    });
    this.dataset = options.dataset ?? joinDataset;
    const parts = {
      core: nativeCore,
      entropy: this.#entropy,
      datasets: () => ({ active: this.dataset, pending: undefined }),
    };
    this.agent =
      options.oneTime === undefined
        ? new BorderAgent({
            ...parts,
            passphrase: () => ('pskc' in options ? options.pskc : this.dataset.get('pskc')),
          })
        : new OneTimeAgent({ ...parts, ...options.oneTime }, this.now);
  }

  /** One more commissioner begins its session from another port of this host, and petitions when it is open. */
  connect(name: string, passphrase?: Secret, options: Partial<CommissionerOptions> = {}): CommissionerInRoom {
    return this.connectFrom(`[::1]:${50_000 + this.commissioners.length}`, name, passphrase, options);
  }

  /** The same from an address of its own, `[host]:port`. */
  connectFrom(
    key: string,
    name: string,
    passphrase?: Secret,
    options: Partial<CommissionerOptions> = {},
  ): CommissionerInRoom {
    const core = nativeCore;
    const commissioner = new Commissioner({ core, entropy: this.#entropy, name, isNative: false, ...options });
    const secret = passphrase ?? expectPskc();
    const access = new ExternalAccess<Address>(
      { core, entropy: this.#entropy, borderAgent: agentAddress, passphrase: secret },
      this.now,
    );
    const member: CommissionerInRoom = {
      commissioner,
      access,
      address: { key },
      events: [],
      closed: undefined,
      error: undefined,
    };
    this.commissioners.push(member);
    return member;
  }

  run(most = 20_000): this {
    const end = this.now + most;
    for (let turns = 0; turns < 100_000; turns++) {
      while (this.#step());
      const next = Math.min(
        this.agent.deadline ?? Infinity,
        this.register.deadline,
        ...this.commissioners.map(({ access, commissioner }) =>
          Math.min(access.deadline ?? Infinity, commissioner.deadline ?? Infinity),
        ),
      );
      if (next > end) {
        this.now = end;
        return this;
      }
      this.now = Math.max(this.now, next);
      this.register.tick(this.now);
    }
    throw new Error('the room does not come to rest');
  }

  #step(): boolean {
    let stepped = false;
    for (const member of this.commissioners) {
      const { commissioner, access } = member;
      for (let output = commissioner.poll(this.now); output !== undefined; output = commissioner.poll(this.now)) {
        stepped = true;
        if (output.kind === 'event') member.events.push(output.event);
        else access.handle({ kind: 'wanted', request: output }, this.now);
      }
      for (let output = access.poll(this.now); output !== undefined; output = access.poll(this.now)) {
        stepped = true;
        this.#accessSays(output, member);
      }
    }
    for (let output = this.agent.poll(this.now); output !== undefined; output = this.agent.poll(this.now)) {
      stepped = true;
      this.#agentSays(output);
    }
    return this.#leaderSteps() || stepped;
  }

  #leaderSteps(): boolean {
    const output = this.#leader.poll(this.now);
    if (output?.kind === 'request') {
      const { exchange } = output;
      const payload = this.#leaderAnswers(exchange.request.path.slice(1), exchange.request.payload);
      const response = payload === undefined ? undefined : { code: '2.04' as const, payload };
      this.#leader.handle({ kind: 'respond', exchange, response }, this.now);
    }
    if (output?.kind === 'transmit') {
      const { address } = output.to;
      const datagram = { address, sourcePort: tmfPort, destinationPort: tmfPort, payload: output.payload };
      this.agent.handle({ kind: 'proxied', datagram }, this.now);
    }
    return output !== undefined;
  }

  #accessSays(output: NonNullable<ReturnType<ExternalAccess<Address>['poll']>>, member: CommissionerInRoom): void {
    switch (output.kind) {
      case 'transmit':
        for (const payload of this.#pass(output.payload, 'agent')) {
          this.agent.handle({ kind: 'datagram', payload, from: member.address }, this.now);
        }
        return;
      case 'open':
        return member.commissioner.petition();
      case 'news':
        return member.commissioner.handle(output.news, this.now);
      case 'closed':
        member.error = output.error;
        member.closed =
          output.error === undefined ? 'by us' : String(output.error.details?.['failure'] ?? output.error.code);
    }
  }

  #agentSays(output: OneTimeAgentOutput<Address>): void {
    this.agentSays.push(output);
    switch (output.kind) {
      case 'transmit': {
        const member = this.commissioners.find(({ address }) => address.key === output.to.key);
        for (const payload of this.#pass(output.payload, 'commissioner')) {
          member?.access.handle({ kind: 'datagram', payload, from: agentAddress }, this.now);
        }
        return;
      }
      case 'ask-leader': {
        const payload = this.isLeaderless ? undefined : this.#leaderAnswers(output.path, output.payload);
        return this.agent.handle({ kind: 'answer', id: output.id, payload }, this.now);
      }
      case 'proxy': {
        const { address, sourcePort, payload } = output.datagram;
        this.proxiedTo.push(ip6Text(address));
        const prefix = ip6Prefix(this.dataset.get('meshLocalPrefix')!, 64);
        const isLeader = ip6Text(address) === ip6Text(locatorAddress(prefix, anycastLocators.leader));
        if (!isLeader || this.isLeaderless || this.isMute) return;
        const from = new Ip6Endpoint(address, sourcePort);
        return this.#leader.handle({ kind: 'datagram', payload, from }, this.now);
      }
      case 'relay':
      case 'commissioner':
      case 'session':
      case 'over':
        return;
    }
  }

  #leaderAnswers(path: string, payload: Uint8Array): Uint8Array | undefined {
    const tlvs = tryDecode(meshcopTlvs, payload) ?? [];
    switch (path) {
      case 'c/lp':
        return encode(meshcopTlvs, this.register.petition(tlvs, agentLocator, this.now));
      case 'c/la':
        return encode(meshcopTlvs, this.register.keepAlive(tlvs, agentLocator, this.now));
      case 'c/cs':
        return encode(meshcopTlvs, this.register.set(tlvs, this.now));
      case 'c/cg':
        return encode(meshcopTlvs, this.register.get(meshcopTlvs.first(tlvs, 'get')));
      default:
        return undefined;
    }
  }

  #pass(payload: Uint8Array, to: 'agent' | 'commissioner'): readonly Uint8Array[] {
    return this.#options.pass?.(payload, to) ?? [payload];
  }
}

function expectPskc(): Secret {
  const pskc = joinDataset.get('pskc');
  if (pskc === undefined) throw new Error('the dataset of the room has a PSKc');
  return pskc;
}
