import { describe, expect, it } from 'vitest';
import { SelvageError } from '@selvage/core';
import { FailingEntropy } from '@selvage/core/virtual';
import { nativeCore } from '@selvage/crypto';
import { bootLogLine, imageKeyOf, keyHashOf, parseVersion } from '@selvage/hardware';
import { VirtualBoard } from '@selvage/hardware/virtual';
import {
  boot,
  fill,
  firstSigner,
  makeImage,
  outcomeOfBoot,
  payloadOf,
  provisionedBoard,
  refusals,
  rom,
  secondSigner,
  secureWorld,
  smallSlot,
  started,
  stranger,
} from './support.js';

describe('BootRom', () => {
  it('starts the newest confirmed image, hands over its verified payload and measures it', async () => {
    const virtual = await provisionedBoard();
    await fill(virtual.slots[0], await makeImage({ version: '1.2.0' }));
    await fill(virtual.slots[1], await makeImage({ version: '1.10.0', signer: secondSigner, securityCounter: 4 }));
    const { board, decision } = await boot(virtual);
    const { image, slot, trial, measurements, bootSeed, lifeCycle } = started(decision);
    expect([slot, trial, lifeCycle]).toEqual([1, false, 'provisioned']);
    expect(image.payload).toEqual(payloadOf('1.10.0'));
    expect(measurements).toEqual([
      {
        type: 'PRoT',
        measurement: secureWorld.digest,
        version: '3.1.0',
        signer: new Uint8Array(32),
        algorithm: 'SHA256',
      },
      {
        type: 'APP',
        measurement: image.digest,
        version: '1.10.0',
        signer: keyHashOf(nativeCore, secondSigner.publicKey),
        algorithm: 'SHA256',
      },
    ]);
    expect([bootSeed.length, new Set(bootSeed).size > 8]).toEqual([32, true]);
    expect(await board.securityCounter.read()).toBe(4);
    expect(decision.log.map(bootLogLine)).toEqual([
      'board: life cycle provisioned',
      'slot 0: version 1.2.0, confirmed',
      'slot 1: version 1.10.0, confirmed',
      'slot 1: security counter raised from 0 to 4',
      expect.stringContaining('board: PRoT 3.1.0, 5e5e5e5e5e5e5e5e…'),
      expect.stringContaining('board: APP 1.10.0, '),
      'slot 1: starts version 1.10.0, confirmed',
    ]);
  });

  it('draws another boot seed at each start, and starts nothing with a source of entropy that failed', async () => {
    const virtual = await provisionedBoard();
    await fill(virtual.slots[0], await makeImage({ version: '1.0.0' }));
    const seeds = [started((await boot(virtual)).decision).bootSeed, started((await boot(virtual)).decision).bootSeed];
    expect(seeds[0]).not.toEqual(seeds[1]);
    const board = await virtual.powerOn();
    const decision = await rom.boot(Object.assign(board, { entropy: new FailingEntropy() }));
    expect([outcomeOfBoot(decision), refusals(decision)]).toEqual(['off', ['board: entropy-failed']]);
  });

  it('starts nothing on a virgin board and on one that was returned, and does on a secured one', async () => {
    const virgin = new VirtualBoard({ geometry: smallSlot });
    await fill(virgin.slots[0], await makeImage({ version: '1.0.0' }));
    const { decision } = await boot(virgin);
    expect(decision.log).toEqual([
      {
        outcome: 'refused',
        check: 'life-cycle',
        message: 'a board in the life cycle virgin starts nothing',
        details: { code: 'boot-refused', expected: 'provisioned or secured', found: 'virgin' },
      },
    ]);
    const virtual = await provisionedBoard();
    await fill(virtual.slots[0], await makeImage({ version: '1.0.0' }));
    const board = await virtual.powerOn();
    await board.otp.advance('secured');
    expect(outcomeOfBoot((await boot(virtual)).decision)).toBe('1.0.0 of slot 0');
    await (await virtual.powerOn()).otp.advance('returned');
    const off = (await boot(virtual)).decision;
    expect([outcomeOfBoot(off), refusals(off)]).toEqual(['off', ['board: life-cycle']]);
  });

  it('goes to the other slot where one is refused, and says which check failed with which values', async () => {
    const virtual = await provisionedBoard();
    await fill(virtual.slots[0], await makeImage({ version: '1.0.0' }));
    await fill(virtual.slots[1], await makeImage({ version: '2.0.0', signer: stranger }));
    const { decision } = await boot(virtual);
    expect([outcomeOfBoot(decision), refusals(decision)]).toEqual(['1.0.0 of slot 0', ['slot 1: key']]);
    const refused = decision.log.find(({ outcome }) => outcome === 'refused');
    const hash = Buffer.from(keyHashOf(nativeCore, stranger.publicKey)).toString('hex');
    expect(refused?.message).toBe(`the image was signed by the key ${hash}, which is not trusted`);
    expect(refused?.details['found']).toBe(hash);
  });

  it('starts nothing where both slots are empty, are noise, or have images of strangers', async () => {
    const virtual = await provisionedBoard();
    expect(refusals((await boot(virtual)).decision)).toEqual(['board: boot-refused']);
    virtual.slots[0].bytes.fill(0x5a);
    await fill(virtual.slots[1], await makeImage({ version: '2.0.0', signer: stranger }));
    const { decision } = await boot(virtual);
    expect(outcomeOfBoot(decision)).toBe('off');
    expect(refusals(decision)).toEqual(['slot 0: image-malformed', 'slot 1: key', 'board: boot-refused']);
  });

  it('refuses an image whose security counter is lower than the stored one, or that has none', async () => {
    const virtual = await provisionedBoard();
    await fill(virtual.slots[0], await makeImage({ version: '1.0.0', securityCounter: undefined }));
    expect(outcomeOfBoot((await boot(virtual)).decision)).toBe('1.0.0 of slot 0');
    await fill(virtual.slots[0], await makeImage({ version: '1.0.0', securityCounter: 5 }));
    expect(outcomeOfBoot((await boot(virtual)).decision)).toBe('1.0.0 of slot 0');
    await fill(virtual.slots[0], await makeImage({ version: '2.0.0', securityCounter: 4 }));
    await fill(virtual.slots[1], await makeImage({ version: '3.0.0', securityCounter: undefined }));
    const { decision } = await boot(virtual);
    expect([outcomeOfBoot(decision), refusals(decision)]).toEqual([
      'off',
      ['slot 1: security-counter', 'slot 0: security-counter', 'board: boot-refused'],
    ]);
    expect(decision.log.find(({ slot, outcome }) => slot === 0 && outcome === 'refused')?.details).toEqual({
      code: 'rollback-refused',
      expected: 5,
      found: 4,
    });
    await fill(virtual.slots[0], await makeImage({ version: '0.9.0', securityCounter: 5 }));
    expect(outcomeOfBoot((await boot(virtual)).decision)).toBe('0.9.0 of slot 0');
  });

  it('refuses an image by a revoked root key, and starts one by another key', async () => {
    const virtual = await provisionedBoard();
    await fill(virtual.slots[0], await makeImage({ version: '2.0.0' }));
    await fill(virtual.slots[1], await makeImage({ version: '1.0.0', signer: secondSigner }));
    await (await virtual.powerOn()).otp.revoke(0);
    const { decision } = await boot(virtual);
    expect([outcomeOfBoot(decision), refusals(decision)]).toEqual(['1.0.0 of slot 1', ['slot 0: key']]);
    const message = decision.log.find(({ outcome }) => outcome === 'refused')?.message;
    expect(message).toMatch(/^the image was signed by root key 0, [0-9a-f]{64}, which is revoked$/);
  });

  it('refuses an image whose dependencies are not met: on the secure world, on itself, on one that is not there', async () => {
    const needs = (image: number, minimum: string) => [{ image, minimum: parseVersion(minimum) }];
    const cases = [
      [needs(1, '3.1.0'), '2.0.0 of slot 1', undefined],
      [needs(1, '3.1.1'), '1.0.0 of slot 0', 'the image needs image 1 from version 3.1.1 on, and there is 3.1.0'],
      [needs(0, '2.0.0'), '2.0.0 of slot 1', undefined],
      [needs(0, '2.0.1'), '1.0.0 of slot 0', 'the image needs image 0 from version 2.0.1 on, and there is 2.0.0'],
      [needs(2, '0.0.0'), '1.0.0 of slot 0', 'the image needs image 2, and there is none'],
      [
        [...needs(1, '3.0.0'), ...needs(1, '4.0.0')],
        '1.0.0 of slot 0',
        'the image needs image 1 from version 4.0.0 on, and there is 3.1.0',
      ],
    ] as const;
    const virtual = await provisionedBoard();
    await fill(virtual.slots[0], await makeImage({ version: '1.0.0' }));
    for (const [dependencies, outcome, message] of cases) {
      await fill(virtual.slots[1], await makeImage({ version: '2.0.0', dependencies }));
      const { decision } = await boot(virtual);
      expect([outcomeOfBoot(decision), decision.log.find((entry) => entry.check === 'dependency')?.message]).toEqual([
        outcome,
        message,
      ]);
    }
  });

  it("starts an image that was encrypted to the board's key, and no other board does", async () => {
    const virtual = await provisionedBoard();
    const board = await virtual.powerOn();
    const { publicKey } = imageKeyOf(board);
    const image = await makeImage({ version: '1.0.0', encryption: { recipient: publicKey, entropy: board.entropy } });
    await fill(virtual.slots[0], image);
    const { image: verified } = started((await boot(virtual)).decision);
    expect([verified.wasEncrypted, verified.payload.subarray(0, 3000)]).toEqual([true, payloadOf('1.0.0')]);
    expect(Buffer.from(virtual.slots[0].bytes).includes('firmware')).toBe(false);
    const other = await provisionedBoard({ power: undefined, entropy: { fill: (target) => void target.fill(9) } });
    await fill(other.slots[0], image);
    const { decision } = await boot(other);
    expect([outcomeOfBoot(decision), refusals(decision)[0]]).toEqual(['off', 'slot 0: content-key']);
  });

  it('starts the other slot where one cannot be read', async () => {
    const virtual = await provisionedBoard();
    for (const [i, version] of ['1.0.0', '2.0.0'].entries()) {
      await fill(virtual.slots[i as 0 | 1], await makeImage({ version, signer: firstSigner }));
    }
    const board = await virtual.powerOn();
    board.slots[1].read = () => Promise.reject(new SelvageError('store-failed', 'cannot read slot-1: EIO'));
    const decision = await rom.boot(board);
    expect([outcomeOfBoot(decision), refusals(decision)]).toEqual(['1.0.0 of slot 0', ['slot 1: store-failed']]);
  });
});
