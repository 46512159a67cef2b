import { describe, expect, it } from 'vitest';
import { outcomeOfPromise } from '@selvage/core/testing';
import { type Board, FirmwareUpdate, versionText } from '@selvage/hardware';
import { type CutMoment, type PowerCut, type VirtualBoard, VirtualPower } from '@selvage/hardware/virtual';
import {
  boot,
  fill,
  firstSigner,
  makeImage,
  payloadOf,
  provisionedBoard,
  secondSigner,
  secureWorld,
  started,
} from './support.js';

const moments = ['before', 'torn', 'after'] as const satisfies CutMoment[];
const seeds = ['a', 'b', 'c'];
/** The image that runs, the one that is installed, and the one that lies where it is to go. */
const [old, next, older] = ['1.0.0', '2.0.0', '0.9.0'] as const;
const images = {
  [old]: makeImage({ version: old, signer: firstSigner, securityCounter: 1 }),
  [next]: makeImage({ version: next, signer: secondSigner, securityCounter: 2, payloadLength: 4321 }),
  [older]: makeImage({ version: older, signer: firstSigner, securityCounter: 1 }),
};
const lengths: Readonly<Record<string, number>> = { [old]: 3000, [next]: 4321, [older]: 3000 };

type Ending = 'confirm' | 'revert';

describe('a power cut at every flash, fuse and counter operation', () => {
  for (const ending of ['confirm', 'revert'] as const) {
    it(`of an update that ends in ${ending}: the old or the new verified image starts (all operations, ${seeds.length} seeds)`, async () => {
      const whole = await newBoard('whole');
      await updateTo(whole, ending);
      const operations = whole.power.operations;
      expect(operations).toBe(ending === 'confirm' ? 25 : 18);
      expect(await runsNow(whole)).toBe(ending === 'confirm' ? next : old);
      let cuts = 0;
      for (const seed of seeds) {
        for (let operation = 0; operation < operations; operation++) {
          for (const moment of moments) {
            const virtual = await newBoard(`${seed}/${ending}/${operation}/${moment}`);
            await cutDuring(virtual, { operation, moment }, () => updateTo(virtual, ending));
            await requireSafe(virtual);
            await requireUpdatable(virtual);
            cuts++;
          }
        }
      }
      expect(cuts).toBe(3 * seeds.length * operations);
    });
  }

  it('of the starts that follow a first cut: a second cut changes nothing of it', async () => {
    const whole = await newBoard('whole');
    await updateTo(whole, 'confirm');
    let second = 0;
    for (let operation = 0; operation < whole.power.operations; operation++) {
      for (const moment of moments) {
        for (const again of moments) {
          const virtual = await newBoard(`twice/${operation}/${moment}/${again}`);
          await cutDuring(virtual, { operation, moment }, () => updateTo(virtual, 'confirm'));
          for (let at = 0; at < 2; at++) {
            const before = virtual.power.operations;
            await outcomeOfPromise(startWithCut(virtual, { operation: before + at, moment: again }));
            if (virtual.power.isOff) second++;
          }
          await requireSafe(virtual);
        }
      }
    }
    // Most starts change nothing; those that do are cut.
    expect(second).toBe(76);
  });
});

/** A board that runs the old image and has stored its counter; what was done so far is not counted. */
async function newBoard(seed: string): Promise<VirtualBoard> {
  const virtual = await provisionedBoard({ power: new VirtualPower(seed) });
  await fill(virtual.slots[0], await images[old]);
  await fill(virtual.slots[1], await images[older]);
  expect(await runsNow(virtual)).toBe(old);
  virtual.power.operations = 0;
  return virtual;
}

/** The whole update: written in parts, installed, tried, and then confirmed, with the old key revoked, or dropped. */
async function updateTo(virtual: VirtualBoard, ending: Ending): Promise<void> {
  const { update } = await startUpdating(virtual);
  const image = await images[next];
  await update.begin(image.length);
  for (let at = 0; at < image.length; at += 500) await update.write(at, image.subarray(at, at + 500));
  await update.finish();
  await update.install();
  const { board, update: trial } = await startUpdating(virtual);
  if (trial.status.state === 'TRIAL' && ending === 'confirm') {
    await trial.confirm();
    await board.otp.revoke(0);
  }
  await startUpdating(virtual);
}

async function startUpdating(virtual: VirtualBoard): Promise<{ board: Board; update: FirmwareUpdate }> {
  const { board, decision } = await boot(virtual);
  // Whatever a ROM decided as its power went, nobody carries it out.
  virtual.power.require();
  return { board, update: await FirmwareUpdate.afterStart({ board, secureWorld, running: started(decision) }) };
}

/** Does what is cut short somewhere on its way. */
async function cutDuring(virtual: VirtualBoard, cut: PowerCut, work: () => Promise<void>): Promise<void> {
  virtual.power.cutAt(cut);
  expect([cut, await outcomeOfPromise(work())]).not.toEqual([cut, 'returned']);
  expect([cut, virtual.power.isOff]).toEqual([cut, true]);
}

/** A start that is cut short, if it changes anything. */
async function startWithCut(virtual: VirtualBoard, cut: PowerCut): Promise<void> {
  virtual.power.restore();
  virtual.power.cutAt(cut);
  await boot(virtual);
  if (!virtual.power.isOff) virtual.power.cutAt(undefined);
}

/** Start after start, the old or the new image runs, verified, and no counter is above that of what was confirmed. */
async function requireSafe(virtual: VirtualBoard): Promise<void> {
  let last = '';
  for (let start = 0; start < 3; start++) {
    const { board, decision } = await boot(virtual);
    const { image, trial } = started(decision);
    const version = versionText(image.version);
    expect([old, next]).toContain(version);
    expect(image.payload).toEqual(payloadOf(version, lengths[version]));
    const counter = await board.securityCounter.read();
    expect(counter).toBe(version === next && !trial ? 2 : 1);
    if (start === 2) expect([version, trial]).toEqual([last, false]);
    last = version;
  }
}

/** And the device can still be updated to the end. */
async function requireUpdatable(virtual: VirtualBoard): Promise<void> {
  if ((await runsNow(virtual)) === old) await updateTo(virtual, 'confirm');
  expect(await runsNow(virtual)).toBe(next);
}

async function runsNow(virtual: VirtualBoard): Promise<string> {
  return versionText(started((await boot(virtual)).decision).image.version);
}
