import { Secret } from '@selvage/core';
import { nativeCore } from '@selvage/crypto';
import { describe, expect, it } from 'vitest';
import { nilUuid, pinIdentity, pinKey, securityPaths as at, transferMethods } from '../../../src/index.js';
import { clientConfiguration, type PeerSessionOf } from '../../device/support/peer.js';
import { World } from '../../device/support/world.js';
import { refusalOf } from '../support/outcome.js';
import { recordsOf } from '../support/records.js';

/** One who guesses, each time from another address. */
class Guesser {
  readonly #world: World;
  #guesses = 0;

  constructor(world: World) {
    this.#world = world;
  }

  async choose(): Promise<void> {
    const chooser = this.#world.peer(`chooser ${++this.#guesses}`);
    await this.#world.run(chooser.ask(this.#world.plain.address, 'POST', at.doxm, { value: { oxmsel: 1 } }));
  }

  /** What comes of a guess: the alert that refuses it, or `open`. */
  async guess(pin: string): Promise<string> {
    const outcome = await refusalOf(this.open(pin));
    return outcome === 'a session' ? 'open' : String(outcome);
  }

  open(pin: string, device = this.#world.device.deviceId): Promise<PeerSessionOf> {
    const world = this.#world;
    const name = `guesser ${++this.#guesses}`;
    const key = pinKey(nativeCore, Secret.text(pin), device);
    const { suites } = transferMethods['random-pin'];
    const configuration = clientConfiguration(world.entropy(name), suites, {
      keyForHint: () => ({ identity: pinIdentity, key }),
    });
    return world.run(world.peer(name).open(world.secured.address, configuration));
  }
}

function wrong(pin: string): string {
  return pin.replace(/.$/, (digit) => String((Number(digit) + 1) % 10));
}

async function shown(seed: string) {
  const world = await new World(seed).start();
  const guesser = new Guesser(world);
  await guesser.choose();
  return { world, guesser, pin: world.pins.at(-1) ?? '' };
}

describe('a wrong PIN', () => {
  it('is refused, and leaves the device as it was', async () => {
    const { world, guesser, pin } = await shown('wrong');
    expect(await guesser.guess(wrong(pin))).toBe('bad_record_mac');
    expect([world.device.state, world.device.owner]).toEqual(['RFOTM', nilUuid]);
    expect(await guesser.guess(pin)).toBe('open');
  });

  it('three times makes the PIN void, and the right one comes too late', async () => {
    const { guesser, pin } = await shown('thrice');
    for (let i = 0; i < 3; i++) expect(await guesser.guess(wrong(pin))).toBe('bad_record_mac');
    expect(await guesser.guess(pin)).toBe('unknown_psk_identity');
  });

  it('can be tried twelve times whatever PINs are asked for, and then every ten seconds', async () => {
    const { world, guesser } = await shown('many');
    let tried = 0;
    const begun = world.clock.now();
    while (world.clock.now() - begun < 60_000) {
      await guesser.choose();
      const outcome = await guesser.guess('not the PIN');
      if (outcome === 'bad_record_mac') tried++;
      else await world.pass(500);
    }
    expect(tried).toBeGreaterThanOrEqual(12);
    expect(tried).toBeLessThanOrEqual(12 + 6);
  });

  it('of another device, or of the same before it was reset, opens nothing', async () => {
    const { world, guesser, pin } = await shown('reset');
    const before = world.device.deviceId;
    await world.run(world.device.reset());
    await guesser.choose();
    await expect(guesser.open(pin, before)).rejects.toThrow();
    await expect(guesser.open(pin)).rejects.toThrow();
  });
});

describe('one handshake is one guess:', () => {
  /** In a handshake with the right PIN, has wrong Finished messages come before the right one. */
  async function outcomeWith(seed: string, rearrange: (records: Uint8Array[], bad: Uint8Array) => Uint8Array[][]) {
    const { world, guesser, pin } = await shown(seed);
    let isLast = false;
    world.network.tamper = (payload, { key }) => {
      const records = recordsOf(payload);
      const finished = records.at(-1) as Uint8Array;
      // The flight that ends in the new epoch.
      if (!key.startsWith('guesser') || finished[4] !== 1 || isLast) return [payload];
      isLast = true;
      const bad = finished.slice();
      bad[bad.length - 1] = (bad[bad.length - 1] as number) ^ 1;
      return rearrange(records, bad)
        .map((datagram) => Buffer.concat(datagram))
        .map((one) => new Uint8Array(one));
    };
    return await guesser.guess(pin);
  }

  it('a second Finished is not read', async () => {
    const after = await outcomeWith('second', (records, bad) => [
      [...records.slice(0, -1), bad],
      [records.at(-1) as Uint8Array],
    ]);
    expect(after).toBe('bad_record_mac');
  });

  it('nor one beside others in a datagram', async () => {
    const beside = await outcomeWith('beside', (records, bad) => [
      [...records.slice(0, -1), bad, bad, records.at(-1) as Uint8Array],
    ]);
    expect(beside).toBe('bad_record_mac');
  });

  it('nor one beside others that came before the key exchange', async () => {
    const before = await outcomeWith('held', (records, bad) => [
      [bad, bad, records.at(-1) as Uint8Array, ...records.slice(0, -1)],
    ]);
    expect(before).toBe('bad_record_mac');
  });
});
