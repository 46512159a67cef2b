import { describe, expect, it } from 'vitest';
import { versionText } from '@selvage/hardware';
import { VirtualBoard } from '@selvage/hardware/virtual';
import { imageNames, payloads, privateKey, trusted, vector } from '../image/support/vectors.js';
import { boot, fill, firstSigner, makeImage, outcomeOfBoot, refusals, smallSlot, started } from './support.js';

/** What `imgtool` makes and a board here does not start, and the check that says so. */
const refused: Readonly<Record<string, string>> = {
  // It needs an image 2, which no board here has.
  '06-p256-deps.bin': 'dependency',
  '12-ed25519-enc-x25519.bin': 'content-key',
  '16-unsigned.bin': 'key',
  '17-wrong-key.bin': 'key',
  '21-p256-lzma2.bin': 'flags',
};

/** A board that trusts the keys of the vectors, and has the key that their encrypted images are for. */
async function vectorBoard(geometry = smallSlot): Promise<VirtualBoard> {
  const virtual = new VirtualBoard({ geometry });
  const { otp } = await virtual.powerOn();
  await otp.provision({ rootKeys: [...trusted, firstSigner.publicKey], imageKey: privateKey('enc-p256') });
  return virtual;
}

describe('images that imgtool made (vectors of packages/hardware/test/image)', () => {
  const good = imageNames().filter((name) => !name.startsWith('w') && !/^1[345]-/.test(name));

  it(`start as they are, or are refused for a reason that is known (${good.length} images)`, async () => {
    expect(good.length).toBe(18);
    const seen: Record<string, string> = {};
    for (const name of good) {
      const virtual = await vectorBoard();
      await fill(virtual.slots[0], vector(name), 'bare');
      const { decision } = await boot(virtual);
      if (decision.kind === 'start') {
        const { payload } = decision.image;
        const expected = payload.length > 1008 ? payloads[2048] : payloads[1000];
        expect([name, Buffer.from(payload.subarray(0, expected.length)).equals(expected)]).toEqual([name, true]);
      } else seen[name] = refusals(decision)[0]?.replace('slot 0: ', '') ?? '';
    }
    expect(seen).toEqual(refused);
  });

  it('start from whole slots: confirmed, on trial and then dropped, and with trailers for writes of 32 bytes', async () => {
    const confirmed = await vectorBoard();
    confirmed.slots[1].bytes.set(vector('13-p256-pad-confirmed.bin'));
    const { board, decision } = await boot(confirmed);
    expect([outcomeOfBoot(decision), started(decision).mark]).toEqual(['1.6.0 of slot 1', 'confirmed']);
    expect(await board.securityCounter.read()).toBe(10);

    const tried = await vectorBoard();
    tried.slots[1].bytes.set(vector('14-p256-pad-test.bin'));
    await fill(tried.slots[0], await makeImage({ version: '1.0.0' }));
    expect(outcomeOfBoot((await boot(tried)).decision)).toBe('1.6.0 of slot 1, on trial');
    expect(outcomeOfBoot((await boot(tried)).decision)).toBe('1.0.0 of slot 0');

    const wide = await vectorBoard({ size: 0x1800, eraseSize: 0x800, writeSize: 32 });
    wide.slots[0].bytes.set(vector('15-p256-pad-maxalign32.bin'));
    const { decision: last } = await boot(wide);
    expect([outcomeOfBoot(last), started(last).mark]).toEqual(['1.6.0 of slot 0', 'confirmed']);
  });

  const wrong = imageNames().filter((name) => name.startsWith('w') && !name.startsWith('w26'));

  it(`that are wrong never start, newest or not, and the other slot does (${wrong.length} images)`, async () => {
    expect(wrong.length).toBe(25);
    for (const name of wrong) {
      const virtual = await vectorBoard();
      await fill(virtual.slots[0], vector(name), 'bare');
      const alone = (await boot(virtual)).decision;
      expect([name, outcomeOfBoot(alone), refusals(alone).length]).toEqual([name, 'off', 2]);
      await fill(virtual.slots[1], await makeImage({ version: '0.0.1' }));
      expect([name, outcomeOfBoot((await boot(virtual)).decision)]).toEqual([name, '0.0.1 of slot 1']);
    }
  });

  it('with bytes behind their end start without them', async () => {
    const virtual = await vectorBoard();
    await fill(virtual.slots[0], vector('w26-trailing-bytes.bin'), 'bare');
    const { image } = started((await boot(virtual)).decision);
    expect([versionText(image.version), image.payload]).toEqual(['1.3.0', payloads[1000]]);
  });
});
