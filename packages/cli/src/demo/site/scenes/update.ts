import type { NewsOf } from '../../../board/news.js';
import type { Asked } from '../../../board/order.js';
import { updated } from '../roster.js';
import { deviceOf, type Stage } from '../stage.js';
import { applicationRead } from './reading.js';

/** Bytes of a piece of an image, as the service plug takes it. */
const pieceLength = 32_768;

/** One device gets newer firmware: it runs on trial, confirms itself, and nothing older starts there any more. */
export async function updateScene(stage: Stage): Promise<void> {
  const { screen, expectations, devices, made } = stage;
  const { image, version, securityCounter } = made.releases.newer;
  screen.tell({
    event: 'scene',
    title: 'Updated',
    text: `${updated} gets firmware ${version} into the slot that it does not run from. The next start is a trial: firmware
      that does not come up is dropped, and the one before is back.`,
  });
  const before = deviceOf(stage, updated);
  for (let at = 0; at < image.length; at += pieceLength) {
    const hex = Buffer.from(image.subarray(at, at + pieceLength)).toString('hex');
    await devices.order<Asked>({ do: 'update', device: updated, at, total: image.length, hex });
  }
  const trial = await devices.cycle(updated);
  screen.tell({ event: 'boot-log', name: updated, log: trial.log });
  expectations.observe(
    'the newer firmware is started on trial, from the other slot',
    isOf(trial, version, true) && trial.image?.slot !== stage.boots.get(updated)?.image?.slot,
  );
  const again = await devices.cycle(updated);
  screen.tell({ event: 'fact', label: 'again', text: again.log.find((line) => line.includes('starts version')) ?? '' });
  expectations.observe('it has confirmed itself: it is started for good after that', isOf(again, version, false));
  expectations.observe(
    `images with a security counter below ${securityCounter} are refused there from now on`,
    again.securityCounter === securityCounter,
  );
  expectations.observe(
    'it is still what it was to its owner',
    deviceOf(stage, updated) === before && (await answers(stage)),
  );
}

function isOf({ image }: NewsOf<'boot'>, version: string, trial: boolean): boolean {
  return image?.version === version && image.trial === trial;
}

/** The session of before went with the power. */
async function answers(stage: Stage): Promise<boolean> {
  stage.owner.tool.client.disconnect(deviceOf(stage, updated));
  return typeof (await applicationRead(stage, updated, '/switch'))['value'] === 'boolean';
}
