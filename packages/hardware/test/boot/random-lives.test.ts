import { describe, expect, it } from 'vitest';
import { SelvageError } from '@selvage/core';
import { SeededRandom } from '@selvage/core/virtual';
import { type Board, type BootStart, FirmwareUpdate, type ImageVersion, versionText } from '@selvage/hardware';
import { type CutMoment, type VirtualBoard, VirtualPower } from '@selvage/hardware/virtual';
import { boot, fill, makeImage, payloadOf, provisionedBoard, secureWorld, started } from './support.js';

const seed = 'lives';
const lives = 40;
const days = 25;
const moments: readonly CutMoment[] = ['before', 'torn', 'after'];

/**
 * Boards that are updated again and again, with images that are newer or not, confirm themselves, are rejected or
 * forgotten, and lose power at random. At every start a verified image starts, and once an image was confirmed, none
 * below its security counter does.
 */
describe('a board through many updates', () => {
  it(`starts a verified image each day, none older than what was confirmed (${lives} lives of ${days} days, seed ${seed})`, async () => {
    const seen = { starts: 0, cuts: 0, confirmed: 0, reverted: 0, refused: 0 };
    for (let life = 0; life < lives; life++) {
      const random = new SeededRandom(`${seed}/${life}`);
      const virtual = await provisionedBoard({ power: new VirtualPower(`${seed}/${life}`) });
      await fill(virtual.slots[0], await imageOf(0));
      let floor = 0;
      let last = -1;
      for (let day = 0; day < days; day++) {
        const { board, start } = await startOf(virtual);
        const number = numberOf(start.image.version);
        seen.starts++;
        expect({ life, day, number, isAbove: number >= floor }).toEqual({ life, day, number, isAbove: true });
        expect(start.image.payload).toEqual(payloadOf(versionText(start.image.version), 500 + number));
        expect(await board.securityCounter.read()).toBeLessThanOrEqual(1 + number);
        if (number < last) seen.reverted++;
        last = number;
        const isCut = random.chance(0.5);
        if (isCut) {
          const operation = virtual.power.operations + random.below(14);
          virtual.power.cutAt({ operation, moment: moments[random.below(3)] as CutMoment });
        }
        try {
          await spend({ board, start, number, random }, () => {
            floor = Math.max(floor, number);
            seen.confirmed++;
          });
        } catch (error) {
          if (!(error instanceof SelvageError)) throw error;
          if (virtual.power.isOff) seen.cuts++;
          else seen.refused++;
        }
        virtual.power.cutAt(undefined);
      }
    }
    expect(seen.starts).toBe(lives * days);
    for (const count of Object.values(seen)) expect(count).toBeGreaterThan(20);
  });
});

/** What a day begins with. */
interface Day {
  readonly board: Board;
  readonly start: BootStart;
  readonly number: number;
  readonly random: SeededRandom;
}

/** A day of a running image: it may confirm itself, which is told at once, and an update may be installed. */
async function spend({ board, start, number, random }: Day, onConfirmed: () => void): Promise<void> {
  const update = await FirmwareUpdate.afterStart({ board, secureWorld, running: start });
  if (start.trial && random.chance(0.3)) return update.reject();
  if (start.trial && random.chance(0.4)) return;
  await update.confirm();
  onConfirmed();
  if (random.chance(0.2)) return;
  // Mostly a newer one; one that is not is refused.
  const image = await imageOf(Math.max(0, number + random.below(4) - 1));
  await update.begin(image.length);
  for (let at = 0; at < image.length; ) {
    const length = 1 + random.below(400);
    await update.write(at, image.subarray(at, at + length));
    at += length;
  }
  await update.finish();
  await update.install();
}

async function startOf(virtual: VirtualBoard): Promise<{ board: Board; start: BootStart }> {
  const { board, decision } = await boot(virtual);
  return { board, start: started(decision) };
}

/** The image of that number: its version and its security counter rise with it. */
function imageOf(number: number): Promise<Uint8Array> {
  return makeImage({ version: `1.${number}.0`, securityCounter: 1 + number, payloadLength: 500 + number });
}

function numberOf({ minor }: ImageVersion): number {
  return minor;
}
