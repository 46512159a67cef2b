import { fromHex, type Secret, toHex, tryDecode } from '@selvage/core';
import { SeededEntropy } from '@selvage/core/virtual';
import { nativeCore } from '@selvage/crypto';
import {
  BorderAgent,
  type BorderAgentOutput,
  decodeRelayed,
  encodeRelayed,
  JoinerAdmission,
  JoinerTable,
  joinerPassphrase,
  meshcopTlvs,
  validateDataset,
} from '@selvage/thread';
import { describe, expect, it } from 'vitest';
import {
  finalisationPath,
  finalisationRequest,
  finalisationResponse,
} from '../../src/meshcop/joiner/join-finalisation.js';
import { JoinerSession } from '../../src/meshcop/joiner/joiner-session.js';
import { passphraseSession } from '../../src/meshcop/secured/passphrase-sessions.js';
import { SecuredCoap, type SecuredPeer } from '../../src/meshcop/secured/secured-coap.js';
import { encodeProxied, proxyPaths } from '../../src/meshcop/udp-proxy.js';
import { LeaderCommissioning } from '../../src/stack/commissioning/leader-commissioning.js';
import { joinDataset } from '../support/join-room.js';
import { hasOtherKey } from '../support/other-key.js';
import { spoiled } from '../support/spoiled.js';

interface Address {
  readonly key: string;
}

const core = nativeCore;
const there: Address = { key: 'there' };
const facts = { vendorName: 'Acme', vendorModel: 'lamp', vendorSoftwareVersion: '1.0', provisioningUrl: 'coaps://x' };
const joiner = { interfaceId: fromHex('d45e64fa83f81cf7'), udpPort: 1000, locator: 0x6c00 } as const;

/** A client that knows the passphrase and then says what it likes: it is handed what the other side sends. */
class Hostile {
  readonly coap: SecuredCoap<Address>;
  readonly peer: SecuredPeer<Address>;
  readonly answers: { readonly code: string; readonly payload: string }[] = [];
  isOpen = false;

  constructor(seed: string, passphrase: Secret) {
    const entropy = new SeededEntropy(seed);
    this.coap = new SecuredCoap({ entropy, maximumMessage: 1152 });
    this.peer = this.coap.connect(there, passphraseSession(core, entropy, passphrase), 0);
  }

  /** What it sends now. */
  *sends(): Generator<Uint8Array> {
    for (let output = this.coap.poll(0); output !== undefined; output = this.coap.poll(0)) {
      if (output.kind === 'transmit') yield output.payload;
      if (output.kind === 'connected') this.isOpen = true;
      if (output.kind === 'closed') this.isOpen = false;
      if (output.kind !== 'response') continue;
      const { code, payload } = output.response;
      this.answers.push({ code, payload: toHex(payload) });
    }
  }

  hears(payload: Uint8Array): void {
    this.coap.handle({ kind: 'datagram', payload, from: there }, 0);
  }

  says(path: string, payload: Uint8Array, method: 'POST' | 'GET' | 'PUT' = 'POST', confirmable = true): void {
    if (confirmable) this.coap.request(this.peer, { method, path, payload }, 0);
    else this.coap.notify(this.peer, path, payload, 0);
  }
}

describe('a joiner that has the passphrase and says in JOIN_FIN.req what it likes', () => {
  function finalise(path: string, payload: Uint8Array, method: 'POST' | 'GET' | 'PUT' = 'POST', times = 1) {
    const joiners = new JoinerTable(core);
    joiners.add({ kind: 'any' }, joinerPassphrase('J01NME'), 60_000);
    let judged = 0;
    const admission = new JoinerAdmission({
      core,
      entropy: new SeededEntropy('admission'),
      joiners,
      judge: () => {
        judged++;
        return { accept: true };
      },
    });
    const hostile = new Hostile('hostile', joinerPassphrase('J01NME'));
    let keks = 0;
    const turn = (): void => {
      for (let isQuiet = false; !isQuiet; ) {
        isQuiet = true;
        for (const sent of hostile.sends()) {
          isQuiet = false;
          admission.handle({ kind: 'relayed', datagram: { ...joiner, payload: sent } }, 0);
        }
        for (let output = admission.poll(0); output !== undefined; output = admission.poll(0)) {
          isQuiet = false;
          if (output.kind !== 'relay') continue;
          if (output.datagram.kek !== undefined) keks++;
          hostile.hears(output.datagram.payload);
        }
      }
    };
    turn();
    expect(hostile.isOpen).toBe(true);
    for (let each = 0; each < times; each++) {
      hostile.says(path, payload, method);
      turn();
    }
    return { judged, keks, answers: hostile.answers, admission };
  }

  it('is judged once, and gets the KEK once, where the message says that it accepts; else neither', () => {
    let [tried, taken] = [0, 0];
    for (const { what, payload } of spoiled(finalisationRequest(facts), 'JOIN_FIN.req')) {
      const { judged, keks, answers } = finalise(finalisationPath, payload);
      const tlvs = tryDecode(meshcopTlvs, payload);
      const accepts = tlvs !== undefined && meshcopTlvs.first(tlvs, 'state') === 'accept';
      expect([judged, keks], what).toEqual(accepts ? [1, 1] : [0, 0]);
      expect(answers, what).toEqual([{ code: '2.04', payload: accepts ? '100101' : '1001ff' }]);
      tried++;
      if (accepts) taken++;
    }
    expect([tried, taken]).toEqual([131, 66]);
  });

  it('out of place gets nothing: a second one, another method, another path', () => {
    const good = finalisationRequest(facts);
    const twice = finalise(finalisationPath, good, 'POST', 2);
    expect([twice.judged, twice.answers.map(({ code }) => code)]).toEqual([1, ['2.04', '4.04']]);
    for (const [path, method] of [
      [finalisationPath, 'GET'],
      [finalisationPath, 'PUT'],
      ['/c/jf/x', 'POST'],
      ['/c/cp', 'POST'],
      ['/c/tx', 'POST'],
      ['/', 'POST'],
    ] as const) {
      const { judged, keks, answers } = finalise(path, good, method);
      expect([judged, keks, answers.map(({ code }) => code)], path).toEqual([0, 0, ['4.04']]);
    }
  });
});

describe('a commissioner that has the passphrase and says in JOIN_FIN.rsp what it likes', () => {
  it('is believed where it accepts, and nowhere else; the joiner says why', () => {
    let tried = 0;
    for (const { what, payload } of [
      ...spoiled(finalisationResponse('accept'), 'JOIN_FIN.rsp'),
      { what: 'rejected', payload: finalisationResponse('reject') },
      { what: 'pending', payload: fromHex('100100') },
    ]) {
      for (const code of ['2.04', '2.05', '4.04', '5.00'] as const) {
        const tlvs = tryDecode(meshcopTlvs, payload);
        const accepts = code === '2.04' && tlvs !== undefined && meshcopTlvs.first(tlvs, 'state') === 'accept';
        expect(answered(code, payload), `${what}, ${code}`).toBe(accepts ? 'accepted' : 'finalisation-rejected');
        tried++;
      }
    }
    expect(tried).toBe(4 * 36);
  });

  function answered(code: '2.04' | '2.05' | '4.04' | '5.00', payload: Uint8Array): string {
    const entropy = new SeededEntropy('hostile commissioner');
    const passphrase = joinerPassphrase('J01NME');
    const server = { core, entropy, select: () => passphraseSession(core, entropy, passphrase) };
    const hostile = new SecuredCoap<Address>({ entropy, maximumMessage: 1152, dtls: { server } });
    const session = new JoinerSession<Address>({ core, entropy, joinerRouter: there, passphrase, facts }, 0);
    const ends: string[] = [];
    for (let turns = 0; turns < 20; turns++) {
      for (let output = session.poll(0); output !== undefined; output = session.poll(0)) {
        if (output.kind === 'transmit') hostile.handle({ kind: 'datagram', payload: output.payload, from: there }, 0);
        if (output.kind === 'accepted') ends.push('accepted');
        if (output.kind === 'failed') ends.push(String(output.error.details?.['failure']));
      }
      for (let output = hostile.poll(0); output !== undefined; output = hostile.poll(0)) {
        if (output.kind === 'transmit') session.handle({ kind: 'datagram', payload: output.payload, from: there }, 0);
        if (output.kind === 'request') hostile.respond(output.exchange, { code, payload }, 0);
      }
    }
    expect(ends).toHaveLength(1);
    return ends[0]!;
  }
});

describe('a commissioner that has the PSKc and says to its border agent what it likes', () => {
  const session = '0b020008';
  const said: readonly (readonly [string, Uint8Array])[] = [
    ['/c/cp', fromHex('0a0570686f6e65')],
    ['/c/ca', fromHex(`100101${session}`)],
    ['/c/cs', fromHex(`${session}0801ff`)],
    ['/c/cg', fromHex('0d020809')],
    ['/c/as', fromHex(`${session}0e0800000000000a000003064f542d4e6577`)],
    ['/c/ps', fromHex(`${session}0e080000000000140000330800000000001400003404000017700102beef`)],
    ['/c/ag', fromHex('0d03030507')],
    ['/c/pg', fromHex('0d0134')],
    ['/c/tx', encodeRelayed({ ...joiner, payload: fromHex('16fefd'), kek: undefined })],
    [
      proxyPaths.transmit,
      encodeProxied(
        { address: new Uint8Array(16).fill(0xfd), sourcePort: 61631, destinationPort: 61631, payload: fromHex('4001') },
        proxyPaths.transmit,
      ),
    ],
  ];

  it.each(said)(
    'by %s: before it has petitioned and after, no word too much, no state but what a good message makes',
    (path, good) => {
      const mesh = new Mesh();
      let tried = 0;
      for (const isActive of [false, true]) {
        if (isActive) mesh.says('/c/cp', fromHex('0a0570686f6e65'));
        if (path !== '/c/cp') expect(mesh.isActive).toBe(isActive);
        for (const { what, payload } of spoiled(good, path)) {
          const before = mesh.outputs.length;
          mesh.says(path, payload, path !== '/c/tx' && path !== proxyPaths.transmit);
          const made = mesh.outputs.slice(before).filter(({ kind }) => kind === 'relay' || kind === 'proxy');
          const isPassed = path === '/c/tx' || path === proxyPaths.transmit;
          if (!isPassed || !mesh.isActive) expect(made, what).toEqual([]);
          if (path === '/c/tx' && mesh.isActive)
            expect(made.length, what).toBe(decodeRelayed(payload) === undefined ? 0 : 1);
          expect(mesh.isSound, what).toBe(true);
          tried++;
        }
      }
      expect(tried).toBeGreaterThan(60);
      expect(mesh.hostile.isOpen).toBe(true);
      expect(mesh.unanswered).toBe(0);
    },
  );
});

/** A border agent, its leader, and a commissioner that keeps no rule. */
class Mesh {
  readonly outputs: BorderAgentOutput<Address>[] = [];
  readonly hostile = new Hostile('hostile', joinDataset.get('pskc')!);
  readonly #agent: BorderAgent<Address>;
  readonly #leader: LeaderCommissioning;
  #active = joinDataset;
  #pending: typeof joinDataset | undefined;
  #asked = 0;
  isActive = false;

  constructor() {
    const datasets = () => ({ active: this.#active, pending: this.#pending });
    const entropy = new SeededEntropy('agent');
    this.#agent = new BorderAgent({ core, entropy, passphrase: () => joinDataset.get('pskc'), datasets });
    this.#leader = new LeaderCommissioning({
      entropy,
      isLeader: () => true,
      partitionId: () => 1,
      networkData: () => [
        { type: 'commissioning', stable: false, value: [{ type: 0x0b, value: Uint8Array.of(0, 7) }] } as never,
      ],
      active: () => this.#active,
      pending: () => this.#pending,
      hasOtherKey: (dataset) => hasOtherKey(this.#active, dataset),
      delays: { leastDelay: 30_000, leastKeyDelay: 300_000 },
      publish: () => undefined,
      setActive: (dataset) => (this.#active = dataset),
      setPending: (dataset) => (this.#pending = dataset),
    });
    this.#turn();
  }

  /** Confirmable requests that were not answered. */
  get unanswered(): number {
    return this.#asked - this.hostile.answers.length;
  }

  /** The network is what it was, but for what a message may change at once; what waits is a dataset that works. */
  get isSound(): boolean {
    const kept = (['networkKey', 'pskc'] as const).every(
      (field) => toHex(this.#active.get(field)!.reveal()) === toHex(joinDataset.get(field)!.reveal()),
    );
    const same = (['panId', 'channel', 'meshLocalPrefix'] as const).every(
      (field) => JSON.stringify(this.#active.get(field)) === JSON.stringify(joinDataset.get(field)),
    );
    const works = this.#pending === undefined || validateDataset(this.#pending, 'pending').length === 0;
    return kept && same && works && validateDataset(this.#active, 'active').length === 0;
  }

  says(path: string, payload: Uint8Array, confirmable = true): void {
    if (confirmable) this.#asked++;
    this.hostile.says(path, payload, 'POST', confirmable);
    this.#turn();
  }

  #turn(): void {
    for (let isQuiet = false; !isQuiet; ) {
      isQuiet = true;
      for (const payload of this.hostile.sends()) {
        isQuiet = false;
        this.#agent.handle({ kind: 'datagram', payload, from: { key: '[::1]:1' } }, 0);
      }
      for (let output = this.#agent.poll(0); output !== undefined; output = this.#agent.poll(0)) {
        isQuiet = false;
        this.outputs.push(output);
        if (output.kind === 'transmit') this.hostile.hears(output.payload);
        if (output.kind === 'commissioner') this.isActive = output.sessionId !== undefined;
        if (output.kind !== 'ask-leader') continue;
        const source = fromHex('fd00112200330000000000fffe00c800');
        const { id, path, payload } = output;
        const answer = this.#leader.serve({ path, payload, source, confirmable: true, multicast: false }, 0);
        this.#agent.handle({ kind: 'answer', id, payload: answer }, 0);
      }
    }
  }
}
