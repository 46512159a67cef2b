/** A caller that follows no rules, on a channel to a vault that others use as well. */
import { concat, encode, fromHex } from '@selvage/core';
import { outcomeOfPromise } from '@selvage/core/testing';
import { eventLoopTurn, SeededRandom } from '@selvage/core/virtual';
import { nativeCore } from '@selvage/crypto';
import { type ByteStream, Channel, memoryStreams, serveVault, vaultService, type Violation } from '@selvage/hardware';
import { describe, expect, it } from 'vitest';
import { type Frame, frameCodec, FrameReader, hello } from '../../src/channel/frame.js';
import { vaultOperations } from '../../src/vault/vault-wire.js';
import { MemoryVault, turns } from '../support/memory-vault.js';

const codec = frameCodec(131_072);
const frame = (fields: Partial<Frame>): Uint8Array =>
  encode(codec, { service: vaultService, operation: 1, lane: 0, id: 1, body: new Uint8Array(0), ...fields });
const greeting = frame({ service: 0, operation: 1, id: 0, body: encode(hello, { magic: 0x534c5643, version: 1 }) });
const vaultGreeting = frame({ operation: 1, id: 1, body: fromHex('0001') });
const signing = { algorithm: 'ecdsa-p256', usages: ['sign'] } as const;
const message = new TextEncoder().encode('message');

/** One who writes whatever it likes on a stream to a vault, and a good client beside it. */
class Attack {
  readonly vault: MemoryVault;
  readonly stream: ByteStream;
  readonly violations: Violation[] = [];
  readonly answers: Frame[] = [];
  readonly channel: Channel;
  isCut = false;

  private constructor(vault: MemoryVault) {
    this.vault = vault;
    const [near, far] = memoryStreams();
    this.stream = near;
    this.channel = new Channel(far, {
      schedule: turns,
      onViolation: (violation) => void this.violations.push(violation),
    });
    this.channel.serve(vaultService, serveVault(vault.engine.client('hostile')));
    const reader = new FrameReader(131_072);
    near.onData((bytes) => reader.read(bytes, (answer) => this.answers.push(answer) > 0));
    near.onClose(() => (this.isCut = true));
  }

  static async begin(): Promise<Attack> {
    return new Attack(await MemoryVault.open());
  }

  /** Writes, and waits until the vault has done what there is to do. */
  async write(...bytes: Uint8Array[]): Promise<void> {
    this.stream.write(concat(...bytes));
    await settled();
  }

  get kinds(): ReadonlySet<string> {
    return new Set(this.violations.map(({ kind }) => kind));
  }

  /** Whether a good client gets its signature. */
  async othersAreServed(): Promise<boolean> {
    const client = await this.vault.connect('good');
    const handle = await client.keys.generate(signing);
    const signature = await client.keys.sign({ handle, hash: 'sha256', message });
    return nativeCore.p256.verify(handle.publicKey!, 'sha256', message, signature);
  }
}

async function settled(): Promise<void> {
  for (let i = 0; i < 20; i++) await eventLoopTurn();
}

describe('a caller that does not speak as a channel does', () => {
  it.each<[string, Uint8Array, string]>([
    ['begins with something else', new TextEncoder().encode('GET / HTTP/1.1\r\nHost: a\r\n\r\n'), 'malformed-frame'],
    ['begins with a request', vaultGreeting, 'no-hello'],
    ['greets as another program', frame({ service: 0, id: 0, body: fromHex('0badf00d0001') }), 'no-hello'],
    ['greets with too much', frame({ service: 0, id: 0, body: fromHex('534c5643000100') }), 'no-hello'],
    ['says a length that is too large', concat(greeting, fromHex('00020001')), 'malformed-frame'],
    ['says the largest length', concat(greeting, fromHex('ffffffff')), 'malformed-frame'],
    ['says a length below that of a head', concat(greeting, fromHex('00000006')), 'malformed-frame'],
    ['uses an id twice', concat(greeting, ...Array<Uint8Array>(20).fill(frame({ id: 5 }))), 'repeated-id'],
  ])('is cut off where it %s', async (_, bytes, kind) => {
    const attack = await Attack.begin();
    await attack.write(bytes);
    expect([attack.isCut, attack.channel.isClosed]).toEqual([true, true]);
    expect(attack.kinds).toContain(kind);
    expect(await attack.othersAreServed()).toBe(true);
  });

  it('is told where it speaks another version, of the channel or of the vault', async () => {
    const attack = await Attack.begin();
    await attack.write(frame({ service: 0, id: 0, body: fromHex('534c56430002') }));
    expect([attack.isCut, [...attack.kinds]]).toEqual([true, ['other-version']]);
    // The vault's side has said its own version before.
    expect(attack.answers[0]).toMatchObject({ service: 0, operation: 1, body: fromHex('534c56430001') });

    const [near, far] = memoryStreams();
    const ours = new Channel(near, { schedule: turns });
    far.write(frame({ service: 0, id: 0, body: fromHex('534c56430002') }));
    expect(await outcomeOfPromise(ours.request(1, 1, message))).toBe('protocol-version');

    const channel = (await MemoryVault.open()).channel('newer');
    expect(await outcomeOfPromise(channel.request(vaultService, 11, new Uint8Array(0)))).toBe('protocol-version');
    expect(await outcomeOfPromise(channel.request(vaultService, 1, fromHex('0002')))).toBe('protocol-version');
    expect(await outcomeOfPromise(channel.request(vaultService, 11, new Uint8Array(0)))).toBe('protocol-version');
    expect(await outcomeOfPromise(channel.request(vaultService, 1, fromHex('0001')))).toBe('returned');
    expect(await outcomeOfPromise(channel.request(vaultService, 11, new Uint8Array(0)))).toBe('returned');
  });
});

describe('a caller that asks for what there is not', () => {
  it.each<[string, Partial<Frame>, string]>([
    ['an unknown service', { service: 77 }, 'unknown-service'],
    ['an unknown operation', { operation: 99 }, 'malformed-request'],
    ['an unknown lane', { lane: 200 }, 'unknown-lane'],
    ['a request cut short', { operation: 5, body: fromHex('00') }, 'malformed-request'],
    ['a request with more behind it', { operation: 11, body: fromHex('00') }, 'malformed-request'],
    ['a hash that there is not', { operation: 5, body: fromHex(`${'00'.repeat(16)}09`) }, 'malformed-request'],
    ['a derivation that there is not', { operation: 9, body: fromHex(`${'00'.repeat(16)}09`) }, 'malformed-request'],
    ['a name that is no text', { operation: 20, body: fromHex('0100') }, 'malformed-request'],
  ])('such as %s is refused, counted and served on', async (_, fields, kind) => {
    const attack = await Attack.begin();
    await attack.write(greeting, vaultGreeting, frame({ ...fields, id: 2 }), frame({ operation: 11, id: 3 }));
    expect([...attack.kinds]).toEqual([kind]);
    const answers = new Map(attack.answers.map(({ id, body }) => [id, body[0]]));
    expect([answers.get(1), answers.get(2), answers.get(3)]).toEqual([0, 1, 0]);
    expect(attack.isCut).toBe(false);
  });

  it('is counted for answers that nobody asked for, and for notices that nobody hears', async () => {
    const attack = await Attack.begin();
    await attack.write(greeting, vaultGreeting, frame({ operation: 0x85, id: 9 }), frame({ id: 0 }));
    expect([...attack.kinds]).toEqual(['unasked-answer', 'unknown-service']);
    expect(await attack.othersAreServed()).toBe(true);
  });

  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty', '../../etc/passwd', 'a'.repeat(200), ''])(
    'under the name %j finds nothing, and changes nothing',
    async (name) => {
      const vault = await MemoryVault.open();
      const [channel, other] = [vault.channel('hostile'), await vault.connect('good')];
      await channel.request(vaultService, 1, fromHex('0001'));
      await other.store.put('a', message);
      const { get, put, seal, grant, generate } = vaultOperations;
      const ask = <T>(operation: { number: number; request: Parameters<typeof encode<T>>[0] }, request: T) =>
        outcomeOfPromise(channel.request(vaultService, operation.number, encode(operation.request, request)));
      const policy = { algorithm: 'derive', usages: ['derive'] } as const;
      // One of them is a name as any other.
      const expected = name === 'constructor' ? 'returned' : 'store-name-invalid';
      expect([await ask(get, { name }), await ask(put, { name, value: message })]).toEqual([expected, expected]);
      expect(await ask(seal, { label: name, data: message })).not.toMatch(/internal|no SelvageError/);
      expect(await ask(grant, { id: '00'.repeat(16), client: name })).toMatch(
        /invalid-argument|key-not-found|returned/,
      );
      if (name !== '') expect(await ask(generate, { policy, label: name })).toMatch(/invalid-argument|returned/);
      expect([await other.store.names(), ({} as { polluted?: unknown }).polluted]).toEqual([['a'], undefined]);
      expect(await other.store.get('a')).toEqual(message);
    },
  );
});

describe('a caller that floods', () => {
  it('is refused what is too much, and cut off where it goes on; memory stays as it was', async () => {
    const attack = await Attack.begin();
    attack.stream.write(concat(greeting, vaultGreeting));
    await settled();
    let id = 10;
    let rounds = 0;
    while (!attack.isCut && rounds++ < 1000) {
      attack.stream.write(concat(...Array.from({ length: 500 }, () => frame({ operation: 11, id: id++ }))));
      await eventLoopTurn();
    }
    await settled();
    expect([attack.isCut, [...attack.kinds]]).toEqual([true, ['flood']]);
    expect(rounds).toBeLessThan(100);
    expect(await attack.othersAreServed()).toBe(true);
  });

  it('with large requests has no more of them in memory than the limit, whatever it sends', async () => {
    const attack = await Attack.begin();
    const large = new Uint8Array(100_000);
    attack.stream.write(concat(greeting, vaultGreeting));
    await settled();
    attack.stream.write(
      concat(...Array.from({ length: 200 }, (_, i) => frame({ operation: 8, id: 10 + i, body: large }))),
    );
    await settled();
    const refused = attack.answers.filter(({ body }) => new TextDecoder().decode(body).includes('too-many-requests'));
    // 4 MiB hold 41 of them; the others were never kept.
    expect(refused.length).toBeGreaterThanOrEqual(200 - 45);
    expect(await attack.othersAreServed()).toBe(true);
  });

  it('on its lane keeps another lane waiting for a few operations, however many it asks for', async () => {
    const vault = await MemoryVault.open();
    const network = (await vault.connect('firmware')).with({ lane: 1 });
    const application = network.with({ lane: 0 });
    const agreeing = await network.keys.generate({ algorithm: 'ecdh-p256', usages: ['agree'] });
    const handle = await application.keys.generate(signing);
    let served = 0;
    const storm = Array.from({ length: 400 }, async () => {
      await network.keys.agree({ handle: agreeing, publicKey: agreeing.publicKey! });
      served++;
    });
    for (let i = 0; i < 20; i++) {
      const before = served;
      await application.keys.sign({ handle, hash: 'sha256', message });
      expect(served - before).toBeLessThanOrEqual(12);
    }
    expect(served).toBeLessThan(400);
    await Promise.all(storm);
  });

  it('is left alone where it withdraws what it asked for: nothing of it is done', async () => {
    const vault = await MemoryVault.open();
    const client = await vault.connect('ours');
    const agreeing = await client.keys.generate({ algorithm: 'ecdh-p256', usages: ['agree'] });
    const controller = new AbortController();
    const { keys } = client.with({ lane: 1, signal: controller.signal });
    const asked = Array.from({ length: 300 }, () =>
      outcomeOfPromise(keys.agree({ handle: agreeing, publicKey: agreeing.publicKey! })),
    );
    controller.abort();
    expect(new Set(await Promise.all(asked))).toEqual(new Set(['cancelled']));
    expect(await outcomeOfPromise(client.keys.list())).toBe('returned');
    expect(vault.violations).toEqual([]);
  });
});

describe('random bytes from a caller', () => {
  it('are refused, whatever they are, and others are served meanwhile', async () => {
    const vault = await MemoryVault.open();
    const good = await vault.connect('good');
    const handle = await good.keys.generate(signing);
    const outcomes = { cut: 0, served: 0 };
    for (let seed = 0; seed < 400; seed++) {
      const random = new SeededRandom(`hostile ${seed}`);
      const [near, far] = memoryStreams();
      const channel = new Channel(far, { schedule: turns });
      channel.serve(vaultService, serveVault(vault.engine.client(`hostile-${seed % 7}`)));
      near.write(concat(greeting, vaultGreeting));
      for (let i = 0; i < 12; i++) near.write(hostileBytes(random, 10 + i));
      await eventLoopTurn();
      const signature = await good.keys.sign({ handle, hash: 'sha256', message });
      expect(nativeCore.p256.verify(handle.publicKey!, 'sha256', message, signature)).toBe(true);
      outcomes[channel.isClosed ? 'cut' : 'served']++;
      channel.close();
    }
    expect([outcomes.cut > 20, outcomes.served > 20]).toEqual([true, true]);
    await settled();
    expect((await good.keys.list()).map(({ id }) => id)).toEqual([handle.id]);
  });
});

/** A frame of an operation that there is with a random body; one with a lying length; or no frame at all. */
function hostileBytes(random: SeededRandom, id: number): Uint8Array {
  const operations = Object.values(vaultOperations);
  const operation = (operations[random.below(operations.length)] as (typeof operations)[number]).number;
  const body = random.bytes(random.below(60));
  const whole = frame({ operation: random.chance(0.9) ? operation : random.below(256), id, body });
  if (random.chance(0.02)) return random.bytes(random.below(100));
  if (random.chance(0.02)) whole[2] = random.below(256);
  if (random.chance(0.03)) return whole.slice(0, random.below(whole.length));
  return whole;
}
