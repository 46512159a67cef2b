import { SelvageError } from '@selvage/core';
import type { CollectionDefinition } from './collection.js';
import type { ResourceDefinition } from './resource.js';

/** A resource of a device's application. */
export type ApplicationResource = ResourceDefinition | CollectionDefinition;

/** What `/oic/p` says of the platform beside its identity, by the names of oic.wk.p. */
export interface PlatformInformation {
  /** Model number. */
  readonly mnmo?: string;
  /** Date of manufacture, `YYYY-MM-DD`. */
  readonly mndt?: string;
  readonly mnpv?: string;
  readonly mnos?: string;
  readonly mnhw?: string;
  /** Firmware version. */
  readonly mnfv?: string;
  /** Where the manufacturer is found, and its support. */
  readonly mnml?: string;
  readonly mnsl?: string;
  /** Serial number. */
  readonly mnsel?: string;
  readonly vid?: string;
}

/** What kind of device one is: all that its resources and `/oic/d`, `/oic/p` say, except who it is. */
export interface DeviceModel {
  /** The name that it has until somebody gives it another (`n`). */
  readonly name: string;
  /** The device type, such as `oic.d.light`. */
  readonly type: `oic.d.${string}`;
  /** The manufacturer's name (`mnmn`). */
  readonly manufacturer: string;
  /** The version of the core specification that it follows (`icv`). */
  readonly specification: string;
  /** The versions of the resource and device specifications (`dmv`). */
  readonly dataModels: string;
  /** Version of its software (`sv`) and model number (`dmno`). */
  readonly softwareVersion: string | undefined;
  readonly modelNumber: string | undefined;
  readonly platform: PlatformInformation;
  readonly resources: readonly ApplicationResource[];
}

/** What a {@link DeviceModel} is declared with. */
export type DeviceModelOptions = Pick<DeviceModel, 'name' | 'type' | 'manufacturer' | 'resources'> &
  Partial<Omit<DeviceModel, 'name' | 'type' | 'manufacturer' | 'resources'>>;

/** Versions, of which this package has what its `docs/PARITY.md` lists. */
const specification = 'ocf.2.2.5';
const dataModels = 'ocf.res.1.3.0,ocf.sh.1.3.0';

/**
 * Declares a kind of device.
 * @throws SelvageError `invalid-argument` where two resources have one path, a resource has a path under `/oic/` or `/oc/`,
 *   which the device itself uses, a collection a member that is not there, or a measurement a collection
 */
export function deviceModel(options: DeviceModelOptions): DeviceModel {
  const { softwareVersion, modelNumber, platform = {} } = options;
  checkText('name', options.name);
  checkText('manufacturer', options.manufacturer);
  checkResources(options.resources);
  return { specification, dataModels, ...options, softwareVersion, modelNumber, platform };
}

function checkText(what: string, text: string): void {
  if (text.length === 0 || text.length > 64) throw invalid(`a ${what} has 1 to 64 characters, not ${text.length}`);
}

function checkResources(resources: readonly ApplicationResource[]): void {
  const byPath = new Map<string, ApplicationResource>();
  for (const resource of resources) {
    const { path } = resource;
    if (/^\/oi?c\//.test(path)) throw invalid(`${path} is where the device's own resources are`);
    if (byPath.has(path)) throw invalid(`two resources are at ${path}`);
    byPath.set(path, resource);
  }
  for (const resource of resources) if (resource.form === 'collection') checkMembers(resource, byPath);
}

/** A measurement shows its members and not links, so there could be no end to collections in it. */
function checkMembers(
  { path, members, atomic }: CollectionDefinition,
  byPath: ReadonlyMap<string, ApplicationResource>,
): void {
  for (const member of members) {
    const { form } = byPath.get(member) ?? {};
    if (form === undefined || member === path) throw invalid(`${member} is no resource that ${path} can link to`);
    if (atomic && form === 'collection') throw invalid(`${member} is a collection in the measurement ${path}`);
  }
}

function invalid(problem: string): SelvageError {
  return new SelvageError('invalid-argument', problem);
}
