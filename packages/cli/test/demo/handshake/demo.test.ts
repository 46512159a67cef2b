import { readFileSync, statSync } from 'node:fs';
import { Secret, systemEntropy } from '@selvage/core';
import { FailingEntropy } from '@selvage/core/virtual';
import { beforeAll, describe, expect, it } from 'vitest';
import { Expectations } from '../../../src/demo/expectations.js';
import { knows, meet } from '../../../src/demo/handshake/meeting.js';
import { attackerScene } from '../../../src/demo/handshake/scenes/attacker.js';
import { dataScene } from '../../../src/demo/handshake/scenes/data.js';
import { eavesdropperScene } from '../../../src/demo/handshake/scenes/eavesdropper.js';
import type { Stage } from '../../../src/demo/handshake/scenes/stage.js';
import type { ShowEvent } from '../../../src/demo/handshake/show.js';
import { scratchFolder } from '../../support/scratch.js';
import { TestSurface } from '../../support/test-surface.js';

const file = scratchFolder();

interface Expectation {
  readonly what: string;
  readonly observed: boolean;
}

/** A stage of its own for one scene, and what was told and expected on it. */
function stageOf(words: Partial<Pick<Stage, 'passphrase' | 'guess'>>) {
  const told: ShowEvent[] = [];
  const show = { tell: (event: ShowEvent) => void told.push(event) };
  const expectations = new Expectations(show);
  const stage: Stage = {
    surface: new TestSurface(),
    show,
    expectations,
    passphrase: 'J01NME',
    guess: 'J01NMF',
    ...words,
  };
  const missed = (): string[] =>
    told.flatMap((event) => (event.event === 'expectation' && !event.observed ? [event.what] : []));
  return { stage, told, missed };
}

describe('selvage demo handshake', () => {
  const screen = new TestSurface();
  let exit: number;
  beforeAll(async () => {
    exit = await screen.run('demo', 'handshake', '--out', file('shown'));
  });

  it('observes everything it claims, and exits 0', () => {
    expect(screen.stdout.text).toMatch(/All \d+ expectations were observed\.\n$/);
    expect(screen.stdout.text).not.toContain('✘');
    expect(exit).toBe(0);
    expect(screen.stderr.text).toBe('');
  });

  it('shows each message of the handshake between the two, in order, with its size', () => {
    const first = screen.stdout.text.split('2. They talk')[0] as string;
    const arrows = [...first.matchAll(/(├|│◀)[─═]+ (\w+) [─═]+ (\d+) bytes? [─═]+(▶│|┤)/g)];
    const messages = arrows.map(([, start, name, length]) => `${start === '├' ? '→' : '←'} ${name} ${length}`);
    expect(messages).toEqual([
      '→ ClientHello 418',
      '← HelloVerifyRequest 35',
      '→ ClientHello 450',
      '← ServerHello 401',
      '← ServerKeyExchange 180',
      '← ServerHelloDone 12',
      '→ ClientKeyExchange 177',
      '→ ChangeCipherSpec 1',
      '→ Finished 24',
      '← ChangeCipherSpec 1',
      '← Finished 24',
    ]);
    expect(first).toMatch(/suite +TLS_ECJPAKE_WITH_AES_128_CCM_8 \(0xC0FF\)/);
    expect(first).toMatch(/took +\d+\.\d ms/);
  });

  it('shows what each side says to a wrong guess', () => {
    expect(screen.stdout.text).toMatch(/commissioner: +the peer's Finished does not open/);
    expect(screen.stdout.text).toMatch(/attacker: +the peer ended the handshake or session with bad_record_mac/);
  });

  it('fits 80 columns without a terminal, and has no colours', () => {
    const lines = screen.stdout.text.split('\n');
    expect(lines.filter((line) => [...line].length > 80 && !line.includes('tshark'))).toEqual([]);
    expect(screen.stdout.text).not.toContain('\u001b');
  });

  it('leaves a capture and its keys, for their owner alone', () => {
    for (const name of ['handshake.pcap', 'keys.log']) {
      expect(statSync(`${file('shown')}/${name}`).mode & 0o777).toBe(0o600);
    }
    expect(readFileSync(`${file('shown')}/keys.log`, 'utf8')).toMatch(/^CLIENT_RANDOM [0-9a-f]{64} [0-9a-f]{96}\n$/);
    expect(screen.stdout.text).toMatch(/tshark -r \S+handshake\.pcap/);
  });
});

describe('selvage demo handshake on other screens', () => {
  it('prints one object a line with --json, the same expectations among them', async () => {
    const surface = new TestSurface();
    expect(await surface.run('demo', 'handshake', '--json', '--out', file('json'))).toBe(0);
    const expectations = surface.events.filter(({ event }) => event === 'expectation') as unknown as Expectation[];
    expect(expectations.every(({ observed }) => observed)).toBe(true);
    expect(surface.events.at(-1)).toEqual({ event: 'end', ok: true, observed: expectations.length, missed: [] });
    expect(surface.events.filter(({ event }) => event === 'message').length).toBeGreaterThan(11);
  });

  it('uses the width of a terminal up to 100 columns, and colours unless NO_COLOR is set', async () => {
    const wide = new TestSurface({ columns: 120 });
    const plain = new TestSurface({ columns: 64, env: { NO_COLOR: '1' } });
    const exits = await Promise.all(
      [wide, plain].map((surface, at) => surface.run('demo', 'handshake', '--out', file(`${at}`))),
    );
    expect(exits).toEqual([0, 0]);
    expect(wide.stdout.text).toContain('\u001b[1m');
    expect(plain.stdout.text).not.toContain('\u001b');
    const widths = wide.stdout.text
      .replace(/\u001b\[\d+m/g, '')
      .split('\n')
      .map((line) => [...line].length);
    expect(Math.max(...widths)).toBeLessThanOrEqual(140);
    expect(
      plain.stdout.text
        .split('\n')
        .filter((line) => line.includes('▶│'))
        .every((line) => [...line].length <= 64),
    ).toBe(true);
  });

  it('takes another passphrase, of the alphabet that Thread has for them', async () => {
    const surface = new TestSurface();
    expect(await surface.run('demo', 'handshake', '--passphrase', 'THREADJPAKETEST', '--out', file('other'))).toBe(0);
    expect(surface.stdout.text).toContain('THREADJPAKETEST');
  });

  it.each([
    ['J01NM', 'it has 5 characters'],
    ['JOIN ME', '“O” is not among its characters'],
    ['j01nme', '“j” is not among its characters'],
    ['A'.repeat(33), 'it has 33 characters'],
  ])('refuses the passphrase %j and says why', async (passphrase, why) => {
    const surface = new TestSurface();
    expect(await surface.run('demo', 'handshake', '--passphrase', passphrase)).toBe(64);
    expect(surface.stderr.text.replace(/\s+/g, ' ')).toContain(why);
  });

  it('says when it cannot leave its files', async () => {
    const surface = new TestSurface();
    expect(await surface.run('demo', 'handshake', '--out', '/dev/null/demo')).toBe(74);
    expect(surface.stderr.text).toContain('[store-failed]');
  });

  it('stops when entropy fails', async () => {
    const surface = new TestSurface({ entropy: new FailingEntropy(systemEntropy, 3) });
    expect(await surface.run('demo', 'handshake', '--out', file('unlucky'))).toBe(71);
    expect(surface.stderr.text).toContain('[entropy-failed]');
    expect(surface.stdout.text).not.toContain('expectations were observed');
  });
});

describe('an expectation can fail', () => {
  it('when the attacker’s guess is right', async () => {
    const { stage, missed } = stageOf({ guess: 'J01NME' });
    await attackerScene(stage);
    expect(missed()).toEqual(['the attacker is not let in']);
    expect(stage.expectations.conclude()).toBe(false);
  });

  it('when the two do not have the same passphrase and there is no session to talk over', async () => {
    const { stage, missed } = stageOf({});
    const [guest, host] = ['J01NME', 'J01NMF'].map((word) => knows(Secret.text(word)));
    const suite = 'TLS_ECJPAKE_WITH_AES_128_CCM_8';
    const meeting = await meet(stage.surface, { suite, guest: guest ?? {}, host: host ?? {} });
    await dataScene(stage, meeting);
    expect(missed()).toEqual(['there is a session to talk over']);
  });

  it('when the sentences pass in the clear', async () => {
    const { stage, missed } = stageOf({});
    const secret = Secret.text(stage.passphrase);
    const suite = 'TLS_ECJPAKE_WITH_AES_128_CCM_8';
    const meeting = await meet(stage.surface, { suite, guest: knows(secret), host: knows(secret) });
    const leak = { ...meeting.captured[0], payload: new TextEncoder().encode('… J01NME …') };
    await eavesdropperScene(stage, {
      ...meeting,
      captured: [...meeting.captured, leak as (typeof meeting.captured)[0]],
    });
    meeting.close();
    expect(missed()).toEqual(['neither the passphrase nor a sentence stands anywhere in these bytes']);
  });
});
