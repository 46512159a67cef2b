import { SelvageError } from '@selvage/core';
import { newUuid, permissions } from '@selvage/ocf';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Closing } from '../../../src/demo/site/closing.js';
import type { SiteEvent } from '../../../src/demo/site/events.js';
import { openOwner } from '../../../src/demo/site/owner.js';
import { accessScene } from '../../../src/demo/site/scenes/access.js';
import { findUnowned } from '../../../src/demo/site/scenes/asking.js';
import { deviceToDeviceScene } from '../../../src/demo/site/scenes/device-to-device.js';
import { handOverScene } from '../../../src/demo/site/scenes/hand-over.js';
import { owningScene } from '../../../src/demo/site/scenes/owning.js';
import { sealedScene } from '../../../src/demo/site/scenes/sealed.js';
import { strangersScene } from '../../../src/demo/site/scenes/strangers.js';
import { setUp } from '../../../src/demo/site/set-up.js';
import { deviceOf, playerOf, type Stage } from '../../../src/demo/site/stage.js';
import type { Operator } from '../../../src/ocf/operator.js';
import { ownNetwork } from '../../support/own-network.js';
import { scratchFolder } from '../../support/scratch.js';
import { TestSurface } from '../../support/test-surface.js';

const file = scratchFolder();

/** A stage on which things can be broken between the scenes; what is missed is gathered scene by scene. */
class BrokenStage {
  readonly closing = new Closing();
  readonly owners = new Closing();
  readonly surface = new TestSurface();
  #told: SiteEvent[] = [];
  #stage: Stage | undefined;

  async open(state: string): Promise<Stage> {
    const screen = { tell: (event: SiteEvent) => void this.#told.push(event) };
    this.#stage = await setUp(this.surface, { json: true, state, interface: ownNetwork }, this, screen);
    return this.#stage;
  }

  /** Plays a scene; resolves with what it claims and did not observe. */
  async missedIn(scene: (stage: Stage, owners: Closing) => Promise<void>): Promise<string[]> {
    this.#told = [];
    await scene(this.stage, this.owners);
    return this.#told.flatMap((event) => (event.event === 'expectation' && !event.observed ? [event.what] : []));
  }

  get stage(): Stage {
    if (this.#stage === undefined) throw new SelvageError('wrong-state', 'the stage is not open');
    return this.#stage;
  }
}

describe('an expectation can fail', () => {
  const broken = new BrokenStage();
  let thief: Operator;
  beforeAll(async () => {
    await broken.open(file('broken'));
    const { network } = broken.stage;
    thief = await openOwner(broken.surface, { folder: file('thief'), name: 'Thief', network }, broken.owners);
  });
  afterAll(() => broken.closing.run());

  /** Somebody else is first. */
  async function steal(name: string): Promise<void> {
    const { device } = await broken.stage.devices.running(name);
    const found = await findUnowned(thief, [device], 800);
    const wanted = found.find((one) => one.device === device);
    expect(wanted).toBeDefined();
    if (wanted !== undefined) await thief.tool.own(wanted, { method: 'just-works' });
  }

  it('when somebody has owned a device before', async () => {
    await steal('attic-light');
    expect(await broken.missedIn(sealedScene)).toEqual(['all eight answer']);
  });

  it('when somebody is quicker, who then has the device', async () => {
    await steal('cellar-sensor');
    expect(await broken.missedIn(owningScene)).toEqual(['all eight have an owner']);
    expect(playerOf(broken.stage, 'cellar-sensor').owned).toBeUndefined();
  });

  it('when more is granted than was meant', async () => {
    const { owner } = broken.stage;
    const entry = {
      subject: { uuid: deviceOf(broken.stage, 'hall-switch') },
      resources: [{ href: '/lock' }],
      permission: permissions.update,
    };
    await owner.tool.provisioning.grant(deviceOf(broken.stage, 'front-door'), [entry]);
    expect(await broken.missedIn(accessScene)).toEqual(['what was granted is in force, and nothing else is']);
  });

  it('when a device has no certificate', async () => {
    const { owner } = broken.stage;
    const sensor = deviceOf(broken.stage, 'hall-sensor');
    const credentials = await owner.tool.provisioning.credentials(sensor);
    const identity = credentials.find(({ credusage }) => credusage === 'oic.sec.cred.cert');
    await owner.tool.provisioning.removeCredential(sensor, identity?.credid ?? 0);
    expect(await broken.missedIn(accessScene)).toContain(
      "each has a certificate that names it and leads to the owner's root",
    );
    await owner.tool.provisioning.identity(sensor);
  });

  it('when the switch may open the door, and does', async () => {
    expect(await broken.missedIn(deviceToDeviceScene)).toEqual([
      'the hall switch may not unlock the front door: 4.01',
      'the door is locked still, and the light off',
      "the door's audit log has the attempt, and whose it was",
    ]);
  });

  it('when the door is open while strangers are refused', async () => {
    expect(await broken.missedIn(strangersScene)).toEqual(['the front door is locked still']);
  });

  it('when the switch may not turn on its light any more, which nobody sees go on', async () => {
    const { owner } = broken.stage;
    const light = deviceOf(broken.stage, 'hall-light');
    const list = await owner.tool.provisioning.accessList(light);
    const hallSwitch = deviceOf(broken.stage, 'hall-switch');
    for (const { aceid, subject } of list) {
      if ('uuid' in subject && subject.uuid === hallSwitch) await owner.tool.provisioning.revoke(light, aceid);
    }
    const missed = await broken.missedIn(deviceToDeviceScene);
    expect(missed.slice(0, 2)).toEqual([
      'the hall switch turns the hall light on and off, each proven by its certificate',
      'the owner, who observes the light, sees it go on and off',
    ]);
  });

  it('as an error where a scene lacks what it is about', async () => {
    await expect(broken.missedIn(handOverScene)).rejects.toMatchObject({ code: 'not-owned' });
    broken.stage.players.delete('front-door');
    await expect(broken.missedIn(strangersScene)).rejects.toMatchObject({ code: 'device-not-found' });
  });

  it('and then the show says what it missed, and is not well', () => {
    expect(broken.stage.expectations.conclude()).toBe(false);
  });
});

describe('the news of the devices', () => {
  it('are told apart by device and owner: those of another do not count', async () => {
    const alone = new BrokenStage();
    const stage = await alone.open(file('alone'));
    const nobody = newUuid(alone.surface.entropy);
    await expect(stage.devices.hear('state', ({ owner }) => owner === nobody, 50)).rejects.toMatchObject({
      code: 'timed-out',
    });
    await alone.closing.run();
    await expect(stage.devices.hear('pin', () => true)).rejects.toMatchObject({ code: 'internal' });
  });
});
