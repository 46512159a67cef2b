/** OpenThread's external commissioner, `commissioner-cli`, at our border agent. */
import { Secret, systemEntropy, toHex } from '@selvage/core';
import {
  type BorderAgentEvent,
  type BorderAgentRunner,
  type Dataset,
  drawOneTimePasscode,
  type OneTimeEnd,
} from '@selvage/thread';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { CommissionerCli, whyNoCommissionerCli } from '../support/commissioner-cli.js';
import { ourBorderAgent, ourEui64, ourJoiner } from '../support/live-commissioning.js';
import { describeWithPeers } from '../support/live-peers.js';
import { whyNoOpenThread } from '../support/openthread.js';
import { addressText, freshDataset, OpenThreadEther, type OurNode } from '../support/openthread-ether.js';
import { OtDaemon, whyNoOtDaemon } from '../support/ot-daemon.js';

const long = { timeout: 120_000 };
const [firstOffset, offsets] = [54, 2] as const;
let nextOffset = process.pid % offsets;
let ether: OpenThreadEther;
let clis: CommissionerCli[];

function commissionerCli(secret: Secret): CommissionerCli {
  const cli = new CommissionerCli(secret);
  clis.push(cli);
  return cli;
}

/** What a command says when it has something to say. */
async function eventually(ask: () => Promise<string>): Promise<string> {
  for (let turn = 0; turn < 50; turn++) {
    const said = await ask();
    if (said !== 'null' && said !== '0') return said;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  return 'nothing';
}

beforeEach(() => {
  ether = new OpenThreadEther(firstOffset + nextOffset);
  nextOffset = (nextOffset + 1) % offsets;
  clis = [];
});

afterEach(async () => {
  await Promise.all(clis.map((cli) => cli.close()));
  await ether.close();
});

const ours = [whyNoCommissionerCli(), whyNoOpenThread()];
describeWithPeers('commissioner-cli at our border agent', ours, () => {
  let leader: OurNode;
  let agent: BorderAgentRunner<{ key: string }>;
  let start: string;
  let dataset: Dataset;
  let events: BorderAgentEvent[];

  beforeEach(async () => {
    dataset = freshDataset();
    leader = await ether.ours(251, dataset, { full: true });
    leader.runner.run((node, now) => node.lead(now));
    await opened({ passphrase: () => leader.runner.node.dataset.get('pskc') });
  });

  afterEach(() => agent.close());

  async function opened(secret: Parameters<typeof ourBorderAgent>[1]): Promise<void> {
    const open = await ourBorderAgent(leader, secret);
    agent = open.agent as never;
    start = `start 127.0.0.1 ${open.port}`;
    events = [];
    agent.onEvent((event) => events.push(event));
  }

  function agentTells(isTold: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (isTold()) resolve();
      };
      agent.onEvent(look);
      look();
    });
  }

  const states = (): string[] => events.flatMap((event) => (event.kind === 'session' ? [event.state] : []));
  const ends = (): OneTimeEnd[] => events.flatMap((event) => (event.kind === 'over' ? [event.why] : []));

  it('is active, steers, and lets our joiner in, which attaches; a wrong passphrase is told', long, async () => {
    const cli = commissionerCli(dataset.get('pskc')!);
    await cli.run(start);
    expect(await cli.run('active')).toBe('true');
    await cli.run(`joiner enable meshcop 0x${toHex(ourEui64)} J01NME`);
    const told = await cli.json('commdataset get');
    expect(told).toMatchObject({
      BorderAgentLocator: leader.runner.node.rloc16,
      SessionId: Number(await cli.run('sessionid')),
    });
    // It says nothing to a joiner whose proof is wrong.
    expect(await ourJoiner(ether, 'WR0NG1')).toMatch(/^flight-lost: .*waiting for the server's Finished/);
    const entrusted = await ourJoiner(ether, 'J01NME');
    expect(entrusted).toBeTypeOf('object');
    if (typeof entrusted === 'string') return;
    expect(toHex(entrusted.dataset.encode())).toBe(toHex(dataset.encode()));
    expect((await ether.attached(802, entrusted.dataset)).runner.node.role).toBe('child');
    await cli.run('joiner disableall meshcop');
    expect(await ourJoiner(ether, 'J01NME')).toMatch(/^not-in-steering-data: /);
    await cli.run('stop');
    await agentTells(() => states().includes('closed'));
    expect(states()).toEqual(['opened', 'closed']);
  });

  it("lets OpenThread's joiner in through our joiner router; it attaches", long, async () => {
    const cli = commissionerCli(dataset.get('pskc')!);
    await cli.run(start);
    const joiner = ether.theirs(2);
    await cli.run(`joiner enable meshcop 0x${await joiner.value('eui64')} J01NME`);
    await joiner.run('ifconfig up');
    await joiner.run('joiner start J01NME');
    await joiner.until(() => joiner.lines.some((line) => line.includes('Join ')), 'a join');
    expect(joiner.lines.find((line) => line.includes('Join '))).toBe('Join success');
    await joiner.run('thread start');
    await joiner.becomes('state', /child|router/);
  });

  it('is not let in with a wrong PSKc, and has to wait before it is with the right one', long, async () => {
    const wrong = commissionerCli(Secret.of(new Uint8Array(16).fill(7)));
    await expect(wrong.run(start)).rejects.toThrow(/SECURITY|INVALID MAC|alert/i);
    expect(states()).toEqual(['wrong-passphrase']);
    const cli = commissionerCli(dataset.get('pskc')!);
    await expect(cli.run(start)).rejects.toThrow(/alert|SECURITY/i);
    const isLetIn = (): Promise<boolean> =>
      cli.run(start).then(
        () => true,
        () => false,
      );
    while (!(await isLetIn()));
    expect(await cli.run('active')).toBe('true');
  });

  it('is told who is active, where that is another one', long, async () => {
    const first = commissionerCli(dataset.get('pskc')!);
    await first.run(start);
    const second = commissionerCli(dataset.get('pskc')!);
    await expect(second.run(start)).rejects.toThrow(/REJECTED|reject/i);
    await first.run('stop');
    const third = commissionerCli(dataset.get('pskc')!);
    await third.run(start);
    expect(await third.run('active')).toBe('true');
  });

  it('reads and changes the datasets, which the node takes over', long, async () => {
    const cli = commissionerCli(dataset.get('pskc')!);
    await cli.run(start);
    const told = await cli.json('opdataset get active');
    expect(told).toMatchObject({
      NetworkMasterKey: toHex(dataset.get('networkKey')!.reveal()),
      PSKc: toHex(dataset.get('pskc')!.reveal()),
      ExtendedPanId: toHex(dataset.get('extendedPanId')!),
    });
    await cli.run('opdataset set networkname renamed');
    expect(leader.runner.node.dataset.name).toBe('renamed');
    await cli.run('opdataset set securitypolicy 700 fff8');
    expect(leader.runner.node.dataset.get('securityPolicy')?.rotationHours).toBe(700);
    await cli.run('opdataset set panid 0xbeef 60000');
    expect(leader.runner.node.pendingDataset?.get('panId')).toBe(0xbeef);
    expect(await cli.json('opdataset get pending')).toMatchObject({ PanId: '0xbeef' });
    await cli.run('opdataset set channel 0 20 60000');
    expect(leader.runner.node.pendingDataset?.get('channel')).toEqual({ page: 0, channel: 20 });
  });

  it('asks our node for diagnostics through the UDP proxy', long, async () => {
    const cli = commissionerCli(dataset.get('pskc')!);
    await cli.run(start);
    const address = addressText(leader, 'rloc');
    expect(await cli.run(`netdiag query rloc16 ${address}`)).toContain(`"MacAddr": ${leader.runner.node.rloc16}`);
  });

  it('has our node measure channels, look for a PAN id and announce its network, and is told', long, async () => {
    const cli = commissionerCli(dataset.get('pskc')!);
    await cli.run(start);
    const address = addressText(leader, 'mesh-local');
    await cli.run(`energy scan 0x04018000 2 32 50 ${address}`);
    expect(await eventually(() => cli.run('energy report'))).toMatch(/EnergyList/);
    const other = freshDataset().with({ channel: { page: 0, channel: 20 } });
    const neighbour = await ether.ours(252, other, { full: true });
    neighbour.runner.run((node, now) => node.lead(now));
    const panId = other.get('panId')!;
    await cli.run(`panid query 0x00100000 ${panId} ${address}`);
    expect(await eventually(() => cli.run(`panid conflict ${panId}`))).toBe('1');
    await cli.run(`announce 0x00100000 2 500 ${address}`);
  });

  it('is given the dataset by a one-time passcode, once', long, async () => {
    agent.close();
    const passcode = drawOneTimePasscode(systemEntropy);
    await opened({ passcode });
    const guesser = commissionerCli(Secret.text('000000000'));
    await expect(guesser.run(`${start} --connect-only`)).rejects.toThrow(/SECURITY|INVALID MAC|alert/i);
    const cli = commissionerCli(passcode);
    await cli.run(`${start} --connect-only`);
    const told = await cli.json('opdataset get active');
    expect(told).toMatchObject({ NetworkMasterKey: toHex(dataset.get('networkKey')!.reveal()) });
    // It ends without a word: the agent takes its silence of a minute for its end.
    await cli.exit();
    await agentTells(() => ends().length > 0);
    expect([ends(), states()]).toEqual([['session-ended'], ['wrong-passphrase', 'opened', 'closed']]);
  });

  it('commissions by a one-time passcode', long, async () => {
    agent.close();
    const passcode = drawOneTimePasscode(systemEntropy);
    await opened({ passcode });
    const cli = commissionerCli(passcode);
    await cli.run(start);
    await cli.run('joiner enableall meshcop J01NME');
    expect(await ourJoiner(ether, 'J01NME')).toBeTypeOf('object');
  });
});

const daemonToo = [whyNoCommissionerCli(), whyNoOtDaemon()];
describeWithPeers("commissioner-cli at the border agent of OpenThread's daemon", daemonToo, () => {
  it('lets our joiner in through its joiner router', long, async () => {
    const daemon = new OtDaemon(1, ether.portOffset);
    try {
      const dataset = await daemon.lead();
      await daemon.becomes('ba state', /^Started$/);
      const cli = commissionerCli(dataset.get('pskc')!);
      await cli.run(`start 127.0.0.1 ${await daemon.value('ba port')}`);
      await cli.run(`joiner enable meshcop 0x${toHex(ourEui64)} J01NME`);
      const entrusted = await ourJoiner(ether, 'J01NME');
      expect(entrusted).toBeTypeOf('object');
      if (typeof entrusted === 'string') return;
      expect(toHex(entrusted.dataset.get('networkKey')!.reveal())).toBe(toHex(dataset.get('networkKey')!.reveal()));
    } finally {
      await daemon.close();
    }
  });
});
