import { type CoapUri } from '@selvage/coap';
import type { PeerAddress } from '@selvage/core';
import { MemoryStore } from '@selvage/core/virtual';
import { readCertificate } from '@selvage/pki';
import { type FoundDevice, OnboardingTool, parseUuid, type Uuid } from '../../../src/index.js';
import { type CapturedExchange, exchangesOf, flowOf, flows, type Party } from './flows.js';
import { LabWorld, type Manufactured } from './lab-world.js';
import { Renaming } from './renaming.js';
import { type RequestFinding, StandInDevice } from './stand-in-device.js';

/** A captured device that is stood in for. */
export interface StandInPlan {
  /** What it is called when nobody has named it. */
  readonly uuid: string;
  readonly pin?: string;
  /** Days that its manufacturer's certificate holds from the day of the capture; without it there is none. */
  readonly certificateDays?: number;
}

export interface ToolPlan {
  /** The reference's tool, whose name ours takes. */
  readonly tool: string;
  /** The security domain of the reference's tool. */
  readonly domain?: string;
  readonly devices: Partial<Readonly<Record<Party, StandInPlan>>>;
}

const nobody = '00000000-0000-0000-0000-000000000000';

/** Our tool among captured devices. */
export class ToolWorld extends LabWorld {
  readonly renaming = new Renaming();
  readonly devices = new Map<Party, StandInDevice>();
  #tool: OnboardingTool<PeerAddress> | undefined;

  /** @throws RangeError before {@link open}. */
  get tool(): OnboardingTool<PeerAddress> {
    if (this.#tool === undefined) throw new RangeError('the tool is not open');
    return this.#tool;
  }

  async open({ tool, domain = nobody, devices }: ToolPlan): Promise<void> {
    const anchors: Uint8Array[] = [];
    for (const [name, plan] of Object.entries(devices)) {
      const manufacturer =
        plan.certificateDays === undefined ? undefined : await this.manufacture(this.keys, plan.certificateDays);
      anchors.push(...(manufacturer?.anchors ?? []));
      this.devices.set(name as Party, this.#standIn(name, plan, manufacturer));
    }
    const { core, entropy, clock, keys } = this;
    const { root } = await this.authority();
    this.#tool = await OnboardingTool.open<PeerAddress>({
      ...{ core, entropy, clock, keys },
      plain: this.network.open('tool plain'),
      secured: this.network.open('tool secured'),
      groups: [...this.devices.values()].map(({ address }) => address.group),
      resolve: (uri) => this.#resolve(uri),
      uuid: parseUuid(tool),
      domain: { uuid: parseUuid(domain), name: 'OBT' },
      store: new MemoryStore(),
      authority: root,
      manufacturerAnchors: anchors.map((der) => ({ certificate: readCertificate(der) })),
    });
  }

  /** How many requests were those that the reference's tool asked. */
  get requests(): number {
    return [...this.devices.values()].reduce((sum, { answered }) => sum + answered, 0);
  }

  /** What devices are asked in the next flow. */
  expect(exchanges: readonly CapturedExchange[]): void {
    for (const [name, device] of this.devices) {
      const own = exchanges.filter((one) => isFor(one, name));
      device.expect(own.map((one) => ({ ...one, responses: one.responses.filter(({ from }) => from === name) })));
    }
  }

  /** The findings of all devices since the last call, and what they were not asked. */
  take(): readonly RequestFinding[] {
    return [...this.devices.values()].flatMap((device) => {
      const left = device.left.map((one) => ({
        frame: 0,
        request: one,
        path: 'not asked',
        theirs: one,
        ours: 'nothing',
      }));
      device.expect([]);
      return [...device.findings.splice(0), ...left];
    });
  }

  /** A device as it is called now. */
  uuid(name: Party): Uuid {
    const device = this.devices.get(name);
    if (device === undefined) throw new RangeError(`${name} is not here`);
    return device.uuid;
  }

  async discover(query: { readonly owned: boolean }): Promise<FoundDevice<PeerAddress>[]> {
    return this.settle(this.tool.discover(query));
  }

  #standIn(name: string, { uuid, pin }: StandInPlan, manufacturer: Manufactured | undefined): StandInDevice {
    return new StandInDevice({
      ...{ world: this, name, renaming: this.renaming, uuid: parseUuid(uuid), keys: this.keys },
      elsewhere: [...flows.values()].flatMap(exchangesOf).filter((one) => isFor(one, name)),
      ...(pin !== undefined && { pin }),
      ...(manufacturer !== undefined && { manufacturer }),
    });
  }

  #resolve({ scheme, host }: CoapUri): PeerAddress | undefined {
    const number = /(?:fe00:|10\.77\.0\.)(\d)/.exec(host)?.[1];
    const device = this.devices.get(number === '2' ? 'device 1' : 'device 2');
    return scheme === 'coaps' ? device?.address.secured : scheme === 'coap' ? device?.address.plain : undefined;
  }
}

/** What a device was asked by the tool, alone or as one of a group. */
function isFor({ from, to, responses }: CapturedExchange, name: string): boolean {
  return from === 'tool' && (to === name || responses.some((one) => one.from === name));
}

/** What the tool asked in a flow. */
export function askedIn(start: string): readonly CapturedExchange[] {
  return exchangesOf(flowOf(start)).filter(({ from }) => from === 'tool');
}
