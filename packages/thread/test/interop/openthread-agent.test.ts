/** Our external commissioner at the border agent of OpenThread's daemon. */
import { decode, fromHex, Secret, type SelvageError, toHex } from '@selvage/core';
import { type UdpAddress, udpAddress } from '@selvage/core/node';
import { Dataset, meshcopTlvs, oneTimePasscode, parseIp6, timestampOf } from '@selvage/thread';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { LiveCommissioner, ourEui64, ourJoiner } from '../support/live-commissioning.js';
import { describeWithPeers } from '../support/live-peers.js';
import { whyNoOpenThread } from '../support/openthread.js';
import { hexOf, OpenThreadEther } from '../support/openthread-ether.js';
import { OtDaemon, whyNoOtDaemon } from '../support/ot-daemon.js';

const long = { timeout: 120_000 };
const [firstOffset, offsets] = [37, 3] as const;
const oneTimePort = 20_000 + (process.pid % 20_000);
let nextOffset = process.pid % offsets;
let ether: OpenThreadEther;
let daemon: OtDaemon;
let dataset: Dataset;
let agent: UdpAddress;
let commissioners: LiveCommissioner[];

const missing = [whyNoOpenThread(), whyNoOtDaemon()];

async function commissioner(secret = dataset.get('pskc')!, at = agent, name?: string): Promise<LiveCommissioner> {
  const opened = await LiveCommissioner.open(at, secret, name);
  commissioners.push(opened);
  return opened;
}

const failureOf = (opening: Promise<unknown>): Promise<unknown> =>
  opening.then(
    () => 'none',
    (error: SelvageError) => error.details?.['failure'],
  );

describeWithPeers("our commissioner at the border agent of OpenThread's daemon", missing, () => {
  beforeEach(async () => {
    ether = new OpenThreadEther(firstOffset + nextOffset);
    nextOffset = (nextOffset + 1) % offsets;
    daemon = new OtDaemon(1, ether.portOffset);
    commissioners = [];
    dataset = await daemon.lead();
    await daemon.becomes('ba state', /^Started$/);
    agent = udpAddress('127.0.0.1', Number(await daemon.value('ba port')));
  }, 60_000);

  afterEach(async () => {
    await Promise.all(commissioners.map((one) => one.close()));
    await ether.close();
    await daemon.close();
  });

  it("lets OpenThread's joiner in, which attaches; a wrong passphrase is told at both ends", long, async () => {
    const ours = await commissioner();
    const joiner = ether.theirs(2);
    await ours.admit(fromHex(await joiner.value('eui64')), 'J01NME');
    await joiner.run('ifconfig up');
    await joiner.run('joiner start WR0NG1');
    await joiner.until(() => joiner.lines.some((line) => line.includes('Join failed')), 'a failed join');
    expect(joiner.lines.find((line) => line.includes('Join failed'))).toBe('Join failed [Security]');
    await ours.tells((event) => event.kind === 'joiner' && event.progress.kind === 'failed');
    expect(ours.progress).toEqual(['handshake', 'wrong-pskd']);
    await joiner.run('joiner start J01NME');
    await joiner.until(() => joiner.lines.some((line) => line.includes('Join success')), 'a join');
    expect(ours.progress).toContain('finalised');
    await joiner.run('thread start');
    await joiner.becomes('state', /child|router/);
  });

  it('lets our joiner in through its joiner router', long, async () => {
    const ours = await commissioner();
    await ours.admit(ourEui64, 'J01NME');
    const entrusted = await ourJoiner(ether, 'J01NME');
    expect(entrusted).toBeTypeOf('object');
    if (typeof entrusted === 'string') return;
    expect(toHex(entrusted.dataset.get('networkKey')!.reveal())).toBe(toHex(dataset.get('networkKey')!.reveal()));
    expect((await ether.attached(802, entrusted.dataset)).runner.node.role).toBe('child');
  });

  it('hears that the PSKc is wrong, as often as it tries, and is let in with the right one at once', long, async () => {
    for (let turn = 0; turn < 3; turn++) {
      expect(await failureOf(commissioner(Secret.of(new Uint8Array(16).fill(turn + 1))))).toBe('wrong-pskc');
    }
    expect((await commissioner()).runner.commissioner.state).toBe('active');
  });

  it('is not heard while another one has a session, and is active when that is gone', long, async () => {
    const first = await commissioner(undefined, agent, 'first');
    // One session at a time is all that OpenThread's agent takes: it drops what others send.
    expect(await failureOf(commissioner(undefined, agent, 'second'))).toBe('flight-lost');
    await first.close();
    expect((await commissioner(undefined, agent, 'second')).runner.commissioner.state).toBe('active');
  });

  it('reads and changes the datasets at the leader, through the UDP proxy', long, async () => {
    const ours = await commissioner();
    const read = async (path: string): Promise<Dataset> => Dataset.decode((await ours.ask(path)) ?? new Uint8Array());
    const set = async (path: string, next: Dataset): Promise<unknown> =>
      meshcopTlvs.first(
        decode(meshcopTlvs, (await ours.ask(path, decode(meshcopTlvs, next.encode()))) ?? new Uint8Array()),
        'state',
      );
    const active = await read('c/ag');
    expect(toHex(active.get('networkKey')!.reveal())).toBe(toHex(dataset.get('networkKey')!.reveal()));
    const seconds = active.get('activeTimestamp')!.seconds;
    const named = { activeTimestamp: timestampOf(seconds + 1), networkName: new TextEncoder().encode('renamed') };
    expect(await set('c/as', active.with(named))).toBe('accept');
    await daemon.becomes('networkname', /^renamed$/);
    expect(await set('c/as', active.with(named))).toBe('reject');
    const moved = {
      ...named,
      activeTimestamp: timestampOf(seconds + 2),
      pendingTimestamp: timestampOf(seconds + 2),
      delay: 60_000,
      panId: 0xbeef,
    };
    expect(await set('c/ps', active.with(moved))).toBe('accept');
    await daemon.becomes('dataset pending', /^PAN ID: 0xbeef$/);
    expect((await read('c/pg')).get('panId')).toBe(0xbeef);
  });

  it(
    'has a node of the mesh measure channels and look for a PAN id, and is told through the UDP proxy',
    long,
    async () => {
      const node = ether.theirs(2);
      await node.all(`dataset set active ${hexOf(dataset)}`, 'ifconfig up', 'thread start');
      await node.becomes('state', /child|router/);
      const to = parseIp6(await node.value('ipaddr mleid'));
      const ours = await commissioner();
      const scan = { channels: [11, 20], count: 2, period: 32, scanDuration: 100 };
      ours.runner.run((engine) => engine.scanEnergy(scan, to));
      await ours.tells((event) => event.kind === 'energy');
      expect(ours.events.find(({ kind }) => kind === 'energy')).toMatchObject({
        channels: [11, 20],
        levels: Array(4).fill(expect.any(Number)),
      });
      const query = { panId: dataset.get('panId')!, channels: [15] };
      ours.runner.run((engine) => engine.queryPanId(query, to));
      await ours.tells((event) => event.kind === 'pan-id-conflict');
      expect(ours.events.find(({ kind }) => kind === 'pan-id-conflict')).toMatchObject(query);
    },
  );

  it('is let in by a one-time passcode, once', long, async () => {
    await daemon.run(`ba ephemeralkey set 123456784 60000 ${oneTimePort}`);
    const ours = await commissioner(oneTimePasscode('123 456-784'), udpAddress('127.0.0.1', oneTimePort));
    await ours.admit(ourEui64, 'J01NME');
    expect(await ourJoiner(ether, 'J01NME')).toBeTypeOf('object');
    await ours.close();
    await daemon.becomes('ba ephemeralkey', /^inactive$/);
  });

  it('is not let in by a wrong one, after which this build of OpenThread takes no other', long, async () => {
    await daemon.run(`ba ephemeralkey set 123456784 60000 ${oneTimePort}`);
    const guess = commissioner(Secret.text('123456777'), udpAddress('127.0.0.1', oneTimePort));
    expect(await failureOf(guess)).toBe('wrong-pskc');
    await daemon.becomes('ba ephemeralkey', /^inactive$/);
    expect((await commissioner()).runner.commissioner.state).toBe('active');
  });
});
