import { bytesEqual, decode, fromHex, type SelvageError, toHex } from '@selvage/core';
import { SeededEntropy } from '@selvage/core/virtual';
import { nativeCore } from '@selvage/crypto';
import {
  CommissionerRunner,
  decodeRelayed,
  type Entrusted,
  joinerIdOf,
  joinerPassphrase,
  joinNetwork,
  macFrame,
  NativeAccess,
  writeFrameCheck,
} from '@selvage/thread';
import { describe, expect, it, vi } from 'vitest';
import { addressOf, type MeshNode, MeshWorld } from '../support/mesh-world.js';
import { lastingStateOf } from '../support/node-state.js';

const eui64 = fromHex('18b4300000000002');

/** A join on the air, and how it ends: joined, or in which words not. */
class Joining {
  readonly world: MeshWorld;
  /** Frames under the KEK, and frames of discovery, as they were sent. */
  readonly frames: { readonly kind: 'entrust' | 'discovery'; readonly psdu: Uint8Array; readonly to: string }[] = [];
  end: Entrusted | string | undefined;
  tellings = 0;

  readonly leader: MeshNode;
  #joins = 0;

  constructor(world: MeshWorld, leader: MeshNode) {
    this.world = world;
    this.leader = leader;
  }

  static async start(seed: string, tamper?: (psdu: Uint8Array, kind: string, to: string) => readonly Uint8Array[]) {
    const world = new MeshWorld(seed);
    const leader = await world.lead();
    const options = { core: nativeCore, entropy: new SeededEntropy(`${seed}/commissioner`), name: 'x', isNative: true };
    const runner = new CommissionerRunner(options, world.clock, new NativeAccess(leader.runner));
    runner.run((engine) => engine.petition());
    await world.until(() => runner.commissioner.state === 'active');
    runner.run((engine, now) => engine.admit({ kind: 'eui64', eui64 }, joinerPassphrase('J01NME'), 600_000, now));
    await world.pass(100);
    const joining = new Joining(world, leader);
    world.ether.tamper = (psdu, _from, to) => {
      const kind = kindOf(psdu);
      if (kind === undefined) return [psdu];
      joining.frames.push({ kind, psdu: psdu.slice(), to });
      return tamper?.(psdu, kind, to) ?? [psdu];
    };
    joining.#join();
    return joining;
  }

  async over(): Promise<this> {
    await this.world.until(() => this.end !== undefined, 400_000);
    return this;
  }

  /** Once more, and to its end. */
  again(): Promise<this> {
    this.end = undefined;
    this.#join();
    return this.over();
  }

  #join(): void {
    const name = `joiner ${++this.#joins}`;
    const facts = { vendorName: 'Acme', vendorModel: 'lamp', vendorSoftwareVersion: '1.0' };
    joinNetwork({
      core: nativeCore,
      entropy: new SeededEntropy(`${this.world.seed}/${name}`),
      clock: this.world.clock,
      radio: this.world.ether.open(name),
      identity: { joinerId: joinerIdOf(nativeCore, eui64) },
      passphrase: joinerPassphrase('J01NME'),
      facts,
      channels: [15],
    }).then(
      (entrusted) => this.#ended(entrusted),
      (error: SelvageError) => this.#ended(String(error.details?.['failure'] ?? error.code)),
    );
  }

  #ended(end: Entrusted | string): void {
    this.end = end;
    this.tellings++;
  }

  get networkKey(): string | undefined {
    return typeof this.end === 'object' ? toHex(this.end.dataset.get('networkKey')!.reveal()) : undefined;
  }
}

/** A frame under a key that was given (mode 0), or an unsecured one with MLE in it: before a join that is discovery. */
function kindOf(psdu: Uint8Array): 'entrust' | 'discovery' | undefined {
  const { type, security } = decode(macFrame, psdu.subarray(0, -2));
  if (type !== 'data') return undefined;
  if (security?.key.mode === 0) return 'entrust';
  return security === undefined && toHex(psdu).includes('4d4c') ? 'discovery' : undefined;
}

function flipped(psdu: Uint8Array, at: number, bit: number): Uint8Array {
  const changed = psdu.slice();
  changed[at] = (changed[at] as number) ^ (1 << bit);
  // A repetition is known by its sequence number: each copy has another.
  if (at !== 2) changed[2] = (psdu[2] as number) + 1 + (at % 200);
  writeFrameCheck(changed);
  return changed;
}

describe('JOIN_ENT in the air, under the KEK (Thread 1.3 §8.4.4.5)', () => {
  it('with a bit of each byte of each of its frames turned before it comes: the joiner gets the right key, once', async () => {
    for (let pass = 0; pass < 2; pass++) {
      let flips = 0;
      const joining = await Joining.start(`entrust flips ${pass}`, (psdu, kind) => {
        if (kind !== 'entrust') return [psdu];
        const frames = [];
        for (let at = 3; at < psdu.length - 2; at++) frames.push(flipped(psdu, at, (at + 3 * pass) & 7));
        flips += frames.length;
        return [...frames, psdu];
      });
      await joining.over();
      expect(joining.networkKey).toBe(toHex(joining.world.dataset.get('networkKey')!.reveal()));
      expect(joining.tellings).toBe(1);
      expect(flips).toBeGreaterThan(150);
    }
  });

  it('whose every frame is changed entrusts nobody, and the joiner says what did not come', async () => {
    const joining = await Joining.start('all changed', (psdu, kind) =>
      kind === 'entrust' ? [flipped(psdu, psdu.length - 4, 0)] : [psdu],
    );
    await joining.over();
    expect(joining.end).toBe('entrust-not-received');
    // It came five times, in two frames or three, each of them said four times.
    expect(joining.frames.filter(({ kind }) => kind === 'entrust').length).toBeGreaterThanOrEqual(5 * 2 * 4);
  });

  it('whose frames come three times each, and all before them again: the joiner is entrusted once', async () => {
    const entrusts: Uint8Array[] = [];
    const joining = await Joining.start('repeated', (psdu, kind) => {
      if (kind !== 'entrust') return [psdu];
      entrusts.push(psdu.slice());
      return [psdu, ...entrusts, psdu];
    });
    await joining.over();
    expect(joining.networkKey).toBe(toHex(joining.world.dataset.get('networkKey')!.reveal()));
    expect(joining.tellings).toBe(1);
  });

  it('without the mesh-local prefix is none: it is not acknowledged, and the next one is taken', async () => {
    const joining = await Joining.start('no prefix');
    const { world, leader } = joining;
    const { dataset } = leader.runner.node;
    const whole = dataset.get.bind(dataset);
    let asked = 0;
    vi.spyOn(dataset, 'get').mockImplementation((field) =>
      field === 'meshLocalPrefix' && asked++ < 2 ? undefined : whole(field),
    );
    await joining.over();
    expect(asked).toBe(3);
    expect((joining.end as Entrusted).dataset.get('meshLocalPrefix')).toEqual(world.dataset.get('meshLocalPrefix'));
  });

  it('that is said again to everybody afterwards moves nobody: the KEK is forgotten at both ends', async () => {
    const joining = await (await Joining.start('replayed')).over();
    const { world, leader } = joining;
    const recorded = joining.frames.filter(({ kind }) => kind === 'entrust').map(({ psdu }) => psdu);
    expect(recorded.length).toBeGreaterThanOrEqual(3);
    const lamp = await world.attach('lamp');
    const before = [leader, lamp].map((node) => lastingStateOf(node));
    let replays = 0;
    world.ether.tamper = (psdu) => {
      replays += recorded.length;
      return [...recorded, psdu];
    };
    expect(await world.ping(lamp, addressOf(leader, 'mesh-local'))).toBeDefined();
    await world.pass(5000);
    expect(replays).toBeGreaterThan(20);
    world.ether.tamper = undefined;
    expect([leader, lamp].map((node) => lastingStateOf(node))).toEqual(before);
    expect([leader, lamp].flatMap(({ events }) => events.filter(({ kind }) => kind === 'joined'))).toEqual([]);
  });
});

describe('a joiner router that is told to entrust once more (Thread 1.3 §8.4.4.5)', () => {
  it('under the same KEK goes on with the frame counters: none protects two different frames', async () => {
    const joining = await Joining.start('kek again');
    const { world, leader } = joining;
    // What nobody hears is not seen here either.
    world.ether.open('witness').listen(15);
    const relayed = vi.spyOn(leader.runner.node.commissioning, 'relay');
    await joining.over();
    const told = relayed.mock.calls.find(([, message]) => decodeRelayed(message)?.kek !== undefined);
    expect(told).toBeDefined();
    await world.pass(5000);
    // The commissioner answers a JOIN_FIN that is repeated, with its KEK; the network's time has gone on meanwhile.
    for (let times = 0; times < 2; times++) {
      leader.runner.run(({ commissioning }) => commissioning.relay(...told!));
      await world.pass(5000);
    }
    const byCounter = new Map<number, Set<string>>();
    for (const { kind, psdu } of joining.frames) {
      if (kind !== 'entrust') continue;
      const { security, source, payload } = decode(macFrame, psdu.subarray(0, -2));
      if (source?.kind !== 'extended' || !bytesEqual(source.extended, leader.runner.node.link.extended)) continue;
      const counter = security!.frameCounter!;
      byCounter.set(counter, (byCounter.get(counter) ?? new Set<string>()).add(toHex(payload)));
    }
    expect(byCounter.size).toBeGreaterThanOrEqual(2 * 2 * 5);
    expect([...byCounter].filter(([, sealed]) => sealed.size > 1)).toEqual([]);
  });

  it('and is none any more, forgets whom it was to entrust', async () => {
    const joining = await Joining.start('role lost', (psdu, kind) => (kind === 'entrust' ? [] : [psdu]));
    const { world, leader } = joining;
    const entrusts = (): number => joining.frames.filter(({ kind }) => kind === 'entrust').length;
    await world.until(() => entrusts() > 0);
    leader.runner.run((node, now) => node.detach(now));
    expect(leader.runner.node.role).toBe('disabled');
    // What is on its way to the air.
    await world.pass(300);
    const before = entrusts();
    await world.pass(2500);
    expect(entrusts()).toBe(before);
  });
});

describe('discovery in the air, which nothing protects', () => {
  it('with a bit of each byte turned before the real frame comes: ends in words, and joins when the air is clear', async () => {
    let flips = 0;
    const ends: (string | undefined)[] = [];
    for (let slice = 0; slice < 4; slice++) {
      const joining = await Joining.start(`discovery flips ${slice}`, (psdu, kind) => {
        if (kind !== 'discovery') return [psdu];
        const frames = [];
        for (let at = 3 + slice; at < psdu.length - 2; at += 4) frames.push(flipped(psdu, at, (at * 5) & 7));
        flips += frames.length;
        return [...frames, psdu];
      });
      await joining.over();
      expect(joining.tellings).toBe(1);
      ends.push(typeof joining.end === 'string' ? joining.end : undefined);
      joining.world.ether.tamper = undefined;
      await joining.world.pass(20_000);
      await joining.again();
      expect(joining.networkKey).toBe(toHex(joining.world.dataset.get('networkKey')!.reveal()));
    }
    const words = ['no-network', 'flight-lost', 'commissioner-not-active', 'not-in-steering-data', 'no-joiner-router'];
    expect(ends.every((end) => end === undefined || words.includes(end))).toBe(true);
    expect(flips).toBeGreaterThan(500);
  });
});
