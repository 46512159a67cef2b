import type { DeviceKind, FoundDevice, OwnedDevice, ReachableDevice, Uuid } from '@selvage/ocf';
import { SelvageError } from '@selvage/core';
import type { UdpAddress } from '@selvage/core/node';
import type { Operator } from '../../ocf/operator.js';
import type { Surface } from '../../terminal/surface.js';
import type { Expectations } from '../expectations.js';
import type { SiteCommissioner } from './commissioning/site-commissioner.js';
import type { DeviceBoards } from './device-boards.js';
import type { NewsOf } from '../../board/news.js';
import type { Made } from './factory.js';
import type { SiteScreen } from './events.js';
import type { FormingMesh } from './mesh/forming-mesh.js';
import type { ShowNetwork } from './network/show-network.js';
import type { StateFolder } from './state-folder.js';

/** A device that plays along, as far as it is on its path. */
export interface Player {
  readonly name: string;
  readonly kind: DeviceKind;
  readonly found: FoundDevice<UdpAddress>;
  readonly owned?: OwnedDevice;
  /** Whom it belongs to, in words. */
  readonly owner?: string;
  /** What others than its owner may do with it. */
  readonly rights?: Readonly<Record<string, string>>;
}

/** What the scenes share. */
export interface Stage {
  readonly surface: Surface;
  readonly screen: SiteScreen;
  readonly expectations: Expectations;
  /** Where all of it happens. */
  readonly network: ShowNetwork;
  readonly folder: StateFolder;
  /** Who lets devices into the mesh, where there is one. */
  readonly commissioner: SiteCommissioner | undefined;
  /** The mesh as it grows, where there is one. */
  readonly forming: FormingMesh | undefined;
  readonly devices: DeviceBoards;
  /** What their manufacturer made. */
  readonly made: Made;
  /** What the boot ROM of each board said first. */
  readonly boots: ReadonlyMap<string, NewsOf<'boot'>>;
  /** Resolves when all devices serve and are reached. */
  readonly ready: Promise<void>;
  /** Who owns the site. */
  readonly owner: Operator;
  /** The devices by their names. */
  readonly players: Map<string, Player>;
}

/** A device that was found. @throws SelvageError `device-not-found`. */
export function playerOf({ players }: Stage, name: string): Player {
  const player = players.get(name);
  if (player !== undefined) return player;
  throw new SelvageError('device-not-found', `${name} is not among the devices that were found`);
}

/** Where a device is reached that is owned. @throws SelvageError `not-owned`, `device-not-found`. */
export function reachOf(stage: Stage, name: string): ReachableDevice<UdpAddress> {
  return { device: deviceOf(stage, name), secured: playerOf(stage, name).found.secured };
}

/** What a device is called since it has an owner. @throws SelvageError `not-owned`, `device-not-found`. */
export function deviceOf(stage: Stage, name: string): Uuid {
  const { owned } = playerOf(stage, name);
  if (owned !== undefined) return owned.device;
  throw new SelvageError('not-owned', `${name} has no owner`);
}

/** What people call whoever has a UUID: a device, its owner, or the UUID's beginning. */
export function calledOnStage({ players, owner }: Stage, device: Uuid): string {
  const player = [...players.values()].find(({ owned }) => owned?.device === device);
  return player?.name ?? owner.nameOf(device);
}
