import { describe, expect, it } from 'vitest';
import { type DeviceEvent, readDoxm, readPstat, securityPaths as at } from '../../src/index.js';
import { clientConfiguration } from './support/peer.js';
import { beginTransfer, own, referenceSteps } from './support/transfer.js';
import { named, owner, World } from './support/world.js';

const anonymous = 'TLS_ECDH_anon_WITH_AES_128_CBC_SHA256';

/** A device whose onboarding connection somebody has opened, after some steps. */
async function onboarding(seed: string, steps = 0) {
  const world = await new World(seed).start();
  const tool = world.peer('tool');
  const session = await beginTransfer(world, tool, 'just-works');
  for (const step of referenceSteps.slice(0, steps)) await world.run(step.run(session));
  return { world, tool, session };
}

async function doxmCode(world: World, peer = world.peer('asker')): Promise<string> {
  return (await world.run(peer.ask(world.plain.address, 'GET', at.doxm))).code;
}

function connect(world: World, name: string, seed: string) {
  const configuration = clientConfiguration(world.entropy(seed), [anonymous]);
  return world.peer(name).open(world.secured.address, configuration);
}

describe('before the onboarding connection', () => {
  it('every handshake is refused until a method is chosen', async () => {
    const world = await new World('no method').start();
    await expect(world.run(connect(world, 'eager', 'eager'))).rejects.toMatchObject({ code: 'peer-alert' });
    await world.run(world.peer('tool').ask(world.plain.address, 'POST', at.doxm, { value: { oxmsel: 0 } }));
    const session = await world.run(connect(world, 'patient', 'patient'));
    expect(session.socket.session.suite.name).toBe(anonymous);
  });

  it('a method that the device does not offer cannot be chosen', async () => {
    const world = await new World('offer').start({ showPin: undefined });
    const tool = world.peer('tool');
    const doxm = readDoxm((await world.run(tool.ask(world.plain.address, 'GET', at.doxm))).value);
    expect(doxm).toMatchObject({ oxms: [0], oxmsel: 4, sct: 9, owned: false });
    for (const oxmsel of [1, 2, 3, 4]) {
      const { code } = await world.run(tool.ask(world.plain.address, 'POST', at.doxm, { value: { oxmsel } }));
      expect(code).toBe('4.00');
    }
  });

  it('one that shook hands by a method that is not chosen any more is not let in', async () => {
    const world = await new World('downgrade').start();
    const tool = world.peer('tool');
    await world.run(tool.ask(world.plain.address, 'POST', at.doxm, { value: { oxmsel: 0 } }));
    // The last flight of the first handshake waits until the owner has chosen the PIN.
    let held: (() => void) | undefined;
    world.network.tamper = (payload, from, to) => {
      if (held !== undefined || from.key !== 'early secured' || payload[13] !== 16) return [payload];
      held = () => world.network.inject(payload, from, to);
      return [];
    };
    const early = connect(world, 'early', 'early');
    early.catch(() => undefined);
    await world.pass(20);
    await world.run(tool.ask(world.plain.address, 'POST', at.doxm, { value: { oxmsel: 1 } }));
    expect(held).toBeDefined();
    held?.();
    await world.pass(20);
    const later = await world.openTransfer(tool, 'random-pin');
    expect((await world.run(later.get(at.doxm))).code).toBe('2.05');
    expect(world.device.state).toBe('RFOTM');
  });
});

describe('the onboarding connection', () => {
  it('excludes all others: in the clear, to groups, and with handshakes of their own', async () => {
    const { world } = await onboarding('exclusive', 2);
    const other = world.peer('other');
    for (const path of ['/oic/res', '/oic/d', at.doxm, at.pstat]) {
      expect((await world.run(other.ask(world.plain.address, 'GET', path))).code).toBe('4.01');
    }
    expect((await world.run(other.ask(world.plain.address, 'POST', at.doxm, { value: { oxmsel: 1 } }))).code).toBe(
      '4.01',
    );
    await expect(world.run(connect(world, 'second', 'second'))).rejects.toMatchObject({ code: 'peer-alert' });
  });

  it('goes to the first of several half-open handshakes that completes; the others are closed', async () => {
    const world = await new World('race').start();
    const tool = world.peer('tool');
    await world.run(tool.ask(world.plain.address, 'POST', at.doxm, { value: { oxmsel: 0 } }));
    const [one, two] = await Promise.all([
      world.run(connect(world, 'one', 'one')),
      world.run(connect(world, 'two', 'two')),
    ]);
    await world.pass(20);
    const answers = await Promise.all(
      [one, two].map((session) => world.run(session.get(at.pstat).then(({ code }) => code)).catch(() => 'closed')),
    );
    expect(answers.sort()).toEqual(['2.05', 'closed']);
  });

  it('is not hindered by handshakes that somebody leaves half open', async () => {
    const world = await new World('half open').start();
    const tool = world.peer('tool');
    await world.run(tool.ask(world.plain.address, 'POST', at.doxm, { value: { oxmsel: 0 } }));
    world.network.tamper = (payload, from) =>
      // Cookies are brought back; what would complete the handshake is held back.
      from.key.startsWith('idler') && payload[13] === 16 ? [] : [payload];
    for (let i = 0; i < 40; i++) connect(world, `idler ${i}`, `idler ${i}`).catch(() => undefined);
    await world.pass(20);
    expect(await doxmCode(world)).toBe('2.05');
    const session = await world.openTransfer(tool, 'just-works');
    expect((await world.run(session.get(at.pstat))).code).toBe('2.05');
  });

  it.each([0, 1, 5, 9])('that closes after %i steps resets the device: another name, nothing left', async (steps) => {
    const { world, session } = await onboarding(`closed ${steps}`, steps);
    const before = world.device.deviceId;
    session.socket.close();
    await world.pass(50);
    expect(world.device.state).toBe('RFOTM');
    expect([before, named]).not.toContain(world.device.deviceId);
    const doxm = readDoxm((await world.run(world.peer('asker').ask(world.plain.address, 'GET', at.doxm))).value);
    expect(doxm).toMatchObject({ oxmsel: 4, owned: false, devowneruuid: '00000000-0000-0000-0000-000000000000' });
  });

  it('that closes while the store fails leaves the device to nobody, until the reset is done', async () => {
    const { world, session } = await onboarding('failing store', 3);
    world.store.cutPower();
    session.socket.close();
    await world.pass(3000);
    expect(await doxmCode(world)).toBe('4.01');
    await expect(world.run(connect(world, 'second', 'second'))).rejects.toMatchObject({ code: 'peer-alert' });
    world.store.powerOn();
    await world.pass(1500);
    expect(await doxmCode(world, world.peer('later'))).toBe('2.05');
    expect(world.device.deviceId).not.toBe(named);
  });

  it('that is abandoned without a word frees the device after 60 s, for another owner', async () => {
    const { world } = await onboarding('abandoned', 2);
    await world.pass(59_000);
    expect(await doxmCode(world)).toBe('4.01');
    await world.pass(2000);
    expect(world.device.state).toBe('RFOTM');
    await own(world, world.peer('another'));
    expect(world.device.owner).toBe(owner);
  });

  it('is not kept by somebody who goes on asking: the whole transfer has 60 s', async () => {
    const { world, session } = await onboarding('kept busy', 1);
    let asked = 0;
    while (world.clock.now() < 58_000) {
      expect((await world.run(session.post(at.pstat, { om: 4 }))).code).toBe('2.04');
      await world.pass(4000);
      asked++;
    }
    await world.pass(5000);
    expect(asked).toBeGreaterThan(10);
    expect(session.socket).toBeDefined();
    expect(await doxmCode(world)).toBe('2.05');
    expect(world.device.deviceId).not.toBe(named);
  });

  it('stays after the transfer until it is idle, and its time limit with the transfer ends', async () => {
    const { world, session } = await onboarding('stays', referenceSteps.length);
    await world.pass(120_000);
    expect(readPstat((await world.run(session.get(at.pstat))).value).dos.s).toBe(3);
    expect(world.device.state).toBe('RFNOP');
    await world.pass(601_000);
    await expect(world.run(session.get(at.pstat))).rejects.toThrow();
  });

  it('does not make its holder anything to the application: in operation it needs a right like all', async () => {
    const { world, session } = await onboarding('application', referenceSteps.length);
    expect((await world.run(session.get('/switch'))).code).toBe('4.01');
  });
});

describe('a transfer by Random PIN', () => {
  const choose = (world: World, name: string) =>
    world.run(world.peer(name).ask(world.plain.address, 'POST', at.doxm, { value: { oxmsel: 1 } }));

  it('shows eight digits, other ones with every choice, and hides them when the connection is open', async () => {
    const world = await new World('pin').start();
    await choose(world, 'first');
    await choose(world, 'second');
    const [one, , two] = world.pins;
    expect(world.pins).toEqual([expect.stringMatching(/^\d{8}$/), undefined, expect.stringMatching(/^\d{8}$/)]);
    expect(one).not.toBe(two);
    await world.openTransfer(world.peer('tool'), 'random-pin');
    expect(world.pins.at(-1)).toBeUndefined();
  });

  it('refuses a wrong PIN, and still takes the right one', async () => {
    const world = await new World('wrong').start();
    await choose(world, 'chooser');
    const pin = world.pins.at(-1) as string;
    const wrong = pin === '00000000' ? '00000001' : '00000000';
    await expect(world.openTransfer(world.peer('mistaken'), 'random-pin', wrong)).rejects.toMatchObject({
      code: 'peer-alert',
    });
    expect(world.events.filter((event: DeviceEvent) => event.kind === 'handshake-failed')).toHaveLength(1);
    const session = await world.openTransfer(world.peer('right'), 'random-pin', pin);
    expect((await world.run(session.get(at.doxm))).code).toBe('2.05');
  });

  it('takes three guesses at one PIN, however many handshakes there are at once', async () => {
    const world = await new World('guesses').start();
    await choose(world, 'chooser');
    const pin = world.pins.at(-1) as string;
    const guesses = ['00000000', '11111111', '22222222'].filter((guess) => guess !== pin);
    for (const [i, guess] of guesses.entries()) {
      await expect(world.openTransfer(world.peer(`guesser ${i}`), 'random-pin', guess)).rejects.toThrow();
    }
    await expect(world.openTransfer(world.peer('late'), 'random-pin', pin)).rejects.toMatchObject({
      details: { alert: 'unknown_psk_identity' },
    });
    await choose(world, 'again');
    await world.openTransfer(world.peer('new'), 'random-pin');
  });

  it('lets no more through than one guess in ten seconds in the long run, whatever PIN it is for', async () => {
    const world = await new World('rate').start();
    let through = 0;
    for (let i = 0; i < 40; i++) {
      await choose(world, `chooser ${i}`);
      const failure = await world
        .openTransfer(world.peer(`guesser ${i}`), 'random-pin', '99999999')
        .catch((error: { details?: { alert?: string } }) => error.details?.alert);
      if (failure !== 'unknown_psk_identity') through++;
    }
    const seconds = world.clock.now() / 1000;
    expect(through).toBeLessThanOrEqual(12 + Math.ceil(seconds / 10));
    expect(through).toBeLessThan(40);
  });

  it('does not take a PIN that was shown ten minutes ago', async () => {
    const world = await new World('old').start();
    await choose(world, 'chooser');
    const pin = world.pins.at(-1) as string;
    await world.pass(601_000);
    await expect(world.openTransfer(world.peer('late'), 'random-pin', pin)).rejects.toThrow();
  });

  it('does not open to the identity of a PIN in operation', async () => {
    const world = await new World('operation').start();
    await own(world, world.peer('tool'), 'random-pin');
    await expect(world.openTransfer(world.peer('late'), 'random-pin', '12345678')).rejects.toMatchObject({
      details: { alert: 'unknown_psk_identity' },
    });
  });
});
