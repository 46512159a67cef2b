/** Two tools that want the same device, in every order of their datagrams in which one lets the other pass and goes on. */
import { type PeerAddress, Secret, SelvageError } from '@selvage/core';
import { describe, expect, it } from 'vitest';
import { type FoundDevice, nilUuid, type OwnedDevice, type TransferMethod } from '../../../src/index.js';
import { Site, type SiteDevice, type SiteTool } from '../../onboarding/support/site.js';

/** A tool on a leash: it sends as many datagrams as it may, and the others wait for it to be let go. */
class Racer {
  readonly name: string;
  readonly tool: SiteTool;
  readonly #site: Site;
  readonly #held: (() => void)[] = [];
  #sent = 0;
  #may = Number.POSITIVE_INFINITY;
  outcome: OwnedDevice | SelvageError | undefined;

  constructor(site: Site, name: string, tool: SiteTool) {
    this.#site = site;
    this.name = name;
    this.tool = tool;
  }

  get sent(): number {
    return this.#sent;
  }

  get isAtRest(): boolean {
    return this.outcome !== undefined || this.#held.length > 0;
  }

  /** Whether a datagram of it leaves now; one that does not is kept. */
  passes(payload: Uint8Array, from: PeerAddress, to: PeerAddress): boolean {
    if (this.#sent++ < this.#may) return true;
    this.#held.push(() => this.#site.network.inject(payload, from, to));
    return false;
  }

  own(found: FoundDevice<PeerAddress>, { pin }: SiteDevice, method: TransferMethod, may: number): void {
    this.#sent = 0;
    this.#may = may;
    const options = { method, pin: () => Secret.text(pin() ?? '') };
    void this.tool.tool.own(found, options).then(
      (owned) => (this.outcome = owned),
      (error: SelvageError) => (this.outcome = error),
    );
  }

  letGo(): void {
    this.#may = Number.POSITIVE_INFINITY;
    for (const send of this.#held.splice(0)) send();
  }
}

class Race {
  readonly site: Site;
  readonly lamp: SiteDevice;
  readonly racers: readonly [Racer, Racer];
  readonly #found: readonly FoundDevice<PeerAddress>[];

  private constructor(parts: Pick<Race, 'site' | 'lamp' | 'racers'>, found: readonly FoundDevice<PeerAddress>[]) {
    this.site = parts.site;
    this.lamp = parts.lamp;
    this.racers = parts.racers;
    this.#found = found;
  }

  static async open(seed: string): Promise<Race> {
    const site = new Site(seed);
    const maker = await site.authority('Maker Root');
    const manufacturerAnchors = [{ certificate: maker.certificate }];
    const lamp = await site.certifiedDevice('lamp', maker);
    const names = ['one', 'two'] as const;
    const [one, two] = await Promise.all(names.map((name) => site.tool(name, undefined, { manufacturerAnchors })));
    const racers = [new Racer(site, 'one', one as SiteTool), new Racer(site, 'two', two as SiteTool)] as const;
    const found = await site.unowned(one as SiteTool);
    site.tamper = (payload, from, to) => {
      const racer = racers.find(({ name }) => from.key.startsWith(name));
      return racer === undefined || racer.passes(payload, from, to) ? [payload] : [];
    };
    return new Race({ site, lamp, racers }, found);
  }

  /** One goes as far as it may, then two as far as it may, then one to its end, then two. */
  async run(method: TransferMethod, first: number, second: number): Promise<void> {
    const [one, two] = this.racers;
    const found = this.#found[0] as FoundDevice<PeerAddress>;
    one.own(found, this.lamp, method, first);
    await this.site.clock.runUntil(() => one.isAtRest);
    two.own(found, this.lamp, method, second);
    await this.site.clock.runUntil(() => two.isAtRest);
    one.letGo();
    await this.site.clock.runUntil(() => one.outcome !== undefined);
    two.letGo();
    await this.site.clock.runUntil(() => two.outcome !== undefined);
  }

  /** Who the device belongs to when all is over: its state and both journals must agree. */
  async winner(): Promise<string> {
    const { device } = this.lamp;
    await this.site.pass(65_000);
    for (const { tool } of this.racers) {
      if (tool.tool.unfinished().length > 0) await this.site.settle(tool.tool.resume());
    }
    const owners = this.racers.filter(({ tool }) => tool.tool.devices().length > 0);
    for (const { tool, outcome } of this.racers) {
      expect(tool.tool.unfinished()).toEqual([]);
      if (outcome instanceof SelvageError) expect(outcome.message).toMatch(/device|PIN/);
      else expect(tool.tool.devices().length).toBe(1);
    }
    expect(owners.length).toBeLessThanOrEqual(1);
    const [owner] = owners;
    if (owner === undefined) {
      expect([device.state, device.owner]).toEqual(['RFOTM', nilUuid]);
      return 'nobody';
    }
    const { tool, memory } = owner.tool;
    expect([device.state, device.owner]).toEqual(['RFNOP', memory.uuid]);
    const entries = await this.site.settle(tool.provisioning.accessList(device.deviceId));
    expect(entries.length).toBeGreaterThanOrEqual(3);
    return owner.name;
  }
}

async function datagramsOf(method: TransferMethod): Promise<number> {
  const race = await Race.open(`alone ${method}`);
  await race.run(method, Number.POSITIVE_INFINITY, 0);
  return race.racers[0].sent;
}

async function raced(method: TransferMethod, first: number, second: number): Promise<string> {
  const race = await Race.open(`race ${method} ${first} ${second}`);
  await race.run(method, first, second);
  return race.winner();
}

function tally(winners: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = { one: 0, two: 0, nobody: 0 };
  for (const winner of winners) counts[winner] = (counts[winner] ?? 0) + 1;
  return counts;
}

describe('two tools that race for one device', () => {
  it('by Just Works, each stopped at every datagram: it has one owner, or none, and both know', async () => {
    const whole = await datagramsOf('just-works');
    const winners: string[] = [];
    for (let first = 0; first <= whole; first++) {
      for (let second = 0; second <= whole; second++) winners.push(await raced('just-works', first, second));
    }
    const counts = tally(winners);
    expect(winners.length).toBe((whole + 1) ** 2);
    expect(whole).toBeGreaterThan(15);
    expect(counts['one']).toBeGreaterThan(0);
    expect(counts['two']).toBeGreaterThan(0);
  });

  it.each(['random-pin', 'manufacturer-certificate'] as const)(
    'by %s, the first stopped at every datagram: it has one owner, or none, and both know',
    async (method) => {
      const whole = await datagramsOf(method);
      const winners: string[] = [];
      for (let first = 0; first <= whole; first++) winners.push(await raced(method, first, Number.POSITIVE_INFINITY));
      const counts = tally(winners);
      expect(counts['one']).toBeGreaterThan(0);
      expect(counts['two']).toBeGreaterThan(0);
    },
  );
});
