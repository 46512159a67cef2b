import { fromHex, toHex, tryDecode } from '@selvage/core';
import { SeededEntropy } from '@selvage/core/virtual';
import { nativeCore } from '@selvage/crypto';
import {
  Commissioner,
  type CommissionerEvent,
  encodeRelayed,
  ExternalAccess,
  joinerPassphrase,
  meshcopTlvs,
} from '@selvage/thread';
import { describe, expect, it } from 'vitest';
import { passphraseSession } from '../../src/meshcop/secured/passphrase-sessions.js';
import { SecuredCoap, type SecuredPeer } from '../../src/meshcop/secured/secured-coap.js';
import { encodeProxied, proxyPaths } from '../../src/meshcop/udp-proxy.js';
import { joinDataset } from '../support/join-room.js';
import { spoiled } from '../support/spoiled.js';

interface Address {
  readonly key: string;
}

const core = nativeCore;
const agentAddress: Address = { key: 'agent' };
const phone: Address = { key: 'phone' };
const accepted = fromHex('1001010b020009');

/** A border agent that has the PSKc and says to a commissioner what it likes. */
class HostileAgent {
  readonly events: CommissionerEvent[] = [];
  readonly commissioner: Commissioner;
  readonly #access: ExternalAccess<Address>;
  readonly #coap: SecuredCoap<Address>;
  #peer: SecuredPeer<Address> | undefined;
  #now = 0;
  /** What it answers, by path; accepts where nothing is said. */
  readonly answers = new Map<string, Uint8Array>();

  constructor(answers: readonly (readonly [string, Uint8Array])[] = []) {
    for (const [path, payload] of answers) this.answers.set(path, payload);
    const entropy = new SeededEntropy('hostile agent');
    const pskc = joinDataset.get('pskc')!;
    const server = { core, entropy, select: () => passphraseSession(core, entropy, pskc) };
    this.#coap = new SecuredCoap<Address>({ entropy, maximumMessage: 1152, dtls: { server } });
    this.commissioner = new Commissioner({ core, entropy, name: 'phone', isNative: false });
    this.#access = new ExternalAccess({ core, entropy, borderAgent: agentAddress, passphrase: pskc }, 0);
    this.turn();
  }

  /** To the commissioner, unasked. */
  tells(path: string, payload: Uint8Array): void {
    this.#coap.notify(this.#peer!, path, payload, this.#now);
    this.turn();
  }

  pass(milliseconds: number): void {
    this.#now += milliseconds;
    this.turn();
  }

  turn(): void {
    const now = this.#now;
    for (let isQuiet = false; !isQuiet; ) {
      isQuiet = true;
      for (let output = this.commissioner.poll(now); output !== undefined; output = this.commissioner.poll(now)) {
        isQuiet = false;
        if (output.kind === 'event') this.events.push(output.event);
        else this.#access.handle({ kind: 'wanted', request: output }, now);
      }
      for (let output = this.#access.poll(now); output !== undefined; output = this.#access.poll(now)) {
        isQuiet = false;
        if (output.kind === 'transmit') {
          this.#coap.handle({ kind: 'datagram', payload: output.payload, from: phone }, now);
        }
        if (output.kind === 'open') this.commissioner.petition();
        if (output.kind === 'news') this.commissioner.handle(output.news, now);
      }
      for (let output = this.#coap.poll(now); output !== undefined; output = this.#coap.poll(now)) {
        isQuiet = false;
        if (output.kind === 'connected') this.#peer = output.peer;
        if (output.kind === 'transmit') {
          this.#access.handle({ kind: 'datagram', payload: output.payload, from: agentAddress }, now);
        }
        if (output.kind !== 'request') continue;
        const payload = this.answers.get(output.exchange.request.path) ?? accepted;
        this.#coap.respond(output.exchange, { code: '2.04', payload }, now);
      }
    }
  }
}

describe('a border agent that has the PSKc and says to its commissioner what it likes', () => {
  it('in its answer to the petition: the commissioner is active where it is accepted with a session, and nowhere else', () => {
    let tried = 0;
    const good = fromHex('1001010a0570686f6e650b020009');
    for (const { what, payload } of spoiled(good, 'COMM_PET.rsp')) {
      const { commissioner } = new HostileAgent([['/c/cp', payload]]);
      const tlvs = tryDecode(meshcopTlvs, payload);
      const accepts =
        tlvs !== undefined &&
        meshcopTlvs.first(tlvs, 'state') === 'accept' &&
        meshcopTlvs.first(tlvs, 'commissionerSessionId') !== undefined;
      expect(commissioner.state === 'active', what).toBe(accepts);
      expect(['active', 'inactive', 'petitioning'], what).toContain(commissioner.state);
      tried++;
    }
    expect(tried).toBe(2 * good.length + 15 + 23);
  });

  it('in its answer to a sign of life: the commissioner goes on where it is accepted, and is told else', () => {
    for (const { what, payload } of spoiled(fromHex('100101'), 'COMM_KA.rsp')) {
      const agent = new HostileAgent([['/c/ca', payload]]);
      expect(agent.commissioner.state).toBe('active');
      agent.pass(30_000);
      const tlvs = tryDecode(meshcopTlvs, payload);
      const accepts = tlvs !== undefined && meshcopTlvs.first(tlvs, 'state') === 'accept';
      expect(agent.commissioner.state, what).toBe(accepts ? 'active' : 'inactive');
      const over = agent.events.find((event) => event.kind === 'inactive');
      if (!accepts) expect(over?.error?.details?.['failure'], what).toBe('commissioner-rejected');
    }
  });

  it.each([
    [
      '/c/rx',
      encodeRelayed({
        interfaceId: fromHex('d45e64fa83f81cf7'),
        udpPort: 1000,
        locator: 0x6c00,
        payload: fromHex('16fefd0000'),
      }),
    ],
    [
      proxyPaths.received,
      encodeProxied(
        { address: new Uint8Array(16).fill(0xfd), sourcePort: 61631, destinationPort: 61631, payload: fromHex('4002') },
        proxyPaths.received,
      ),
    ],
    ['/c/er', fromHex('35060004001ff800390a9ee2e2e2e2e2e2e2e2e2')],
    ['/c/pc', fromHex('35060004001ff8000102face')],
    ['/c/dc', new Uint8Array(0)],
  ] as const)(
    'by %s unasked, in any form: it stays active, holds nothing of it, and still lets joiners in',
    (path, good) => {
      const agent = new HostileAgent();
      let tried = 0;
      for (const { what, payload } of spoiled(good, path)) {
        agent.tells(path, payload);
        expect(agent.commissioner.state, what).toBe('active');
        tried++;
      }
      expect(tried).toBeGreaterThan(20);
      agent.commissioner.admit({ kind: 'any' }, joinerPassphrase('J01NME'), 60_000, 0);
      agent.turn();
      const steered = agent.events.findLast((event) => event.kind === 'steering');
      expect(steered?.kind === 'steering' && toHex(steered.steeringData)).toBe('ff');
      // Nobody joined, and nobody was told to have: what is told is reports, each for a message that is one.
      expect(agent.events.some(({ kind }) => kind === 'joiner')).toBe(false);
      const reports = agent.events.filter(({ kind }) =>
        ['energy', 'pan-id-conflict', 'dataset-changed'].includes(kind),
      );
      expect(reports.length).toBeLessThanOrEqual(tried);
    },
  );
});
