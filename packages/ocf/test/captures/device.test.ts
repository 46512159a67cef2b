import { describe, expect, it } from 'vitest';
import { simpleServer } from '../support/simple-server.js';
import { allows } from './support/compare.js';
import { deviceExceptions, type NamedException } from './support/device-exceptions.js';
import { type CapturedEvent, flowOf, flows, type Party } from './support/flows.js';
import { inWords } from './support/in-words.js';
import { testClient, testServer } from './support/models.js';
import { renamedFlow } from './support/renamed-flow.js';
import { type Finding, Replay } from './support/replay.js';
import { type DevicePlan, ReplayWorld } from './support/replay-world.js';

/** Flows that one set of devices went through, one after the other. */
interface Series {
  readonly flows: readonly string[];
  readonly devices: Partial<Readonly<Record<Party, DevicePlan>>>;
  /** What had been done with the devices before; not captured, but done again here as in other flows. */
  readonly before?: (replay: Replay, world: ReplayWorld) => Promise<void>;
  /** What had been done between two flows. */
  readonly between?: Readonly<Record<string, (replay: Replay, world: ReplayWorld) => Promise<void>>>;
}

const lamp: DevicePlan = { model: simpleServer };
const client: DevicePlan = { model: testClient, hasManufacturer: true };
const server: DevicePlan = { model: testServer, hasManufacturer: true };

/** A device that was owned by Just Works. */
function owned(device: Party, uuid: string, tool: string) {
  return (replay: Replay) => replay.prepare(renamedFlow('a02', { tool, device, uuid }));
}

const someTool = '0a1b2c3d-0000-4000-8000-000000000001';
const toolOfD = '02133297-533a-4dec-56ee-633174b0949f';
const toolOfF = '27bc0798-1cba-41f9-5d6b-97a400a91204';
const toolOfI = 'e809ad61-0292-42d2-4eea-bd42d7386103';

const series: readonly Series[] = [
  {
    flows: 'a01 a02 a03 a04 a05 a06 a07 a08 a09 a10 a11 a12 a13 a14 a15'.split(' '),
    devices: { 'device 1': lamp, 'device 2': client },
    before: owned('device 2', 'c68780ae-5d0a-4ce0-5994-450a39ca055a', '18717529-b93b-484a-4e0e-758becc91ccd'),
    between: { a15: (replay) => replay.pass(2500) },
  },
  {
    flows: ['b01', 'b02', 'b03'],
    devices: { 'device 1': lamp },
    between: {
      b03: async (replay, { devices }) => {
        await devices.get('device 1')?.device.reset();
        await replay.pass(2500);
      },
    },
  },
  { flows: ['c01', 'c02', 'c03', 'c04', 'c05'], devices: { 'device 1': server } },
  { flows: ['c90'], devices: { 'device 1': server } },
  { flows: ['c91'], devices: { 'device 1': server } },
  {
    flows: ['d01', 'd02'],
    devices: { 'device 1': lamp, 'device 2': client },
    async before(replay, world) {
      const [one, two] = ['4264e387-2243-4726-7f43-0502f074ac8c', '43ecbf5f-6a56-4387-53eb-ac035b65c7f7'];
      const tool = toolOfD;
      await owned('device 1', one, tool)(replay);
      await owned('device 2', two, tool)(replay);
      await replay.prepare(renamedFlow('a05', { tool, device: 'device 1', uuid: one }));
      await replay.prepare(renamedFlow('a05', { tool, device: 'device 2', uuid: two }));
      const key = await world.keys.generate({ algorithm: 'ecdsa-p256', usages: ['sign'] });
      replay.certified.set('device 2', await replay.authority.certify({ kind: 'identity', device: two }, key));
    },
  },
  {
    flows: ['e01', 'e02', 'e03', 'e04'],
    devices: { 'device 1': lamp },
    between: { e03: owned('device 1', '524ab8a6-a288-419e-6ffc-ce4ccc7d430a', someTool) },
  },
  {
    flows: ['f01', 'f02', 'f03'],
    devices: { 'device 1': lamp, 'device 2': client },
    async before(replay) {
      await owned('device 1', 'ca275b32-7557-4922-5a55-036bcddf4003', toolOfF)(replay);
      await owned('device 2', 'd991687a-8b21-4c27-71ee-9e799e245978', toolOfF)(replay);
    },
  },
  { flows: ['g01'], devices: { 'device 1': lamp, 'device 2': client } },
  {
    flows: ['g02'],
    devices: { 'device 1': lamp },
    async before(replay) {
      const [uuid, other] = ['b7b07e24-7820-4675-419f-b79feedcd9a4', '6a257045-6051-400e-7a69-08b452d9b478'];
      const casting = { tool: someTool, device: 'device 1' as const, uuid, other };
      await owned('device 1', uuid, someTool)(replay);
      await replay.prepare(renamedFlow('a03', casting));
      await replay.prepare(renamedFlow('a09', casting, isWithout('device 2')));
    },
  },
  { flows: ['h01'], devices: { 'device 1': lamp, 'device 2': client } },
  {
    flows: ['i01', 'i02'],
    devices: { 'device 1': lamp },
    before: owned('device 1', 'dda9777c-85d4-4d97-785a-6fd4cae1f458', toolOfI),
  },
  { flows: ['j01'], devices: { 'device 1': lamp } },
  { flows: ['k01', 'k02'], devices: { 'device 2': lamp } },
  { flows: ['l01'], devices: { 'device 2': client } },
  { flows: ['m01'], devices: { 'device 2': lamp } },
  {
    flows: ['n01'],
    devices: { 'device 2': lamp },
    before: owned('device 2', 'be7bc68a-6b91-4e4e-5560-58e17f4eda23', '2972ca4a-0c14-47b3-4a61-fd000186e412'),
  },
];

/** Flows that cannot be said to our devices, and why. */
const unsaid: Readonly<Record<string, string>> = {
  'f04-client-multicast-update-oscore': 'an update to a group, protected by OSCORE (RFC 8613), which is not here',
};

function isExcepted(finding: Finding, exception: NamedException): boolean {
  const { flows: where, request } = exception;
  return where.test(finding.flow) && (request?.test(finding.request) ?? true) && allows(exception, finding);
}

/** Plays a series; what was captured is judged, what was done before is not. */
async function play({ flows: names, devices, before, between }: Series): Promise<Replay> {
  const world = new ReplayWorld(names.join(' '));
  for (const [name, plan] of Object.entries(devices)) await world.install(name as Party, plan);
  const authority = await world.authority();
  const replay = new Replay({ world, devices: world.devices, parties: (name) => world.party(name), authority });
  await before?.(replay, world);
  for (const name of names) {
    await between?.[name]?.(replay, world);
    await replay.play(fullName(name), flowOf(name));
  }
  return replay;
}

function isWithout(party: Party): (event: CapturedEvent) => boolean {
  return (event) => {
    if (event.kind === 'exchange') return event.to !== party;
    return event.kind === 'session' ? event.server !== party : event.to !== party;
  };
}

function fullName(start: string): string {
  return [...flows.keys()].find((name) => name.startsWith(start)) ?? start;
}

function line({ flow, frame, request, path, theirs, ours }: Finding): string {
  return `${flow} #${frame} ${request} ${path}: ${inWords(theirs)} / ${inWords(ours)}`;
}

describe('our device, asked as IoTivity-Lite was asked', () => {
  const used = new Set<NamedException>();
  const counts = { requests: 0, responses: 0 };

  it('is asked all 46 flows but those that name why not', () => {
    const said = series.flatMap((one) => one.flows.map(fullName));
    expect([...said, ...Object.keys(unsaid)].sort()).toEqual([...flows.keys()]);
    expect(said.length).toBe(45);
  });

  it.each(series.map((one) => [one.flows.join(' '), one] as const))(
    'answers %s as the reference did',
    async (_, one) => {
      const replay = await play(one);
      counts.requests += replay.counts.requests;
      counts.responses += replay.counts.responses;
      const left = replay.findings.filter((finding) => {
        const fitting = deviceExceptions.filter((exception) => isExcepted(finding, exception));
        for (const exception of fitting) used.add(exception);
        return fitting.length === 0;
      });
      expect(left.map(line)).toEqual([]);
    },
  );

  it('was asked 350 requests, and needed each of the exceptions', () => {
    expect(counts).toEqual({ requests: 350, responses: 342 });
    expect(deviceExceptions.filter((exception) => !used.has(exception)).map(({ reason }) => reason)).toEqual([]);
  });
});
