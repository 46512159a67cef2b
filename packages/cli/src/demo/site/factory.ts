import { join } from 'node:path';
import { nativeCore } from '@selvage/crypto';
import { firmwarePayload, provisionBoard } from '@selvage/device/node';
import { keyHashOf, type ImageSigner, parseVersion, signImage } from '@selvage/hardware';
import { boardPaths } from '@selvage/hardware/node';
import { certifyAttestation, certifyVirtualDevice, withDemoManufacturer } from '../../ocf/device/demo-manufacturer.js';
import type { Surface } from '../../terminal/surface.js';
import { changeInFlash } from './flash-tampering.js';
import type { MeshMaking } from './network/show-network.js';
import type { Labels } from './commissioning/labels.js';
import {
  maker,
  type OffBoard,
  offBoards,
  otherMaker,
  outdated,
  type RefusedJoiner,
  refusedJoiners,
  type RosterDevice,
  roster,
} from './roster.js';

/** Firmware as it was published; its security counter is below that of all later ones that mend a flaw. */
export interface Release {
  readonly version: string;
  readonly securityCounter: number;
  readonly image: Uint8Array;
}

/** What the manufacturer of the show's devices has made. */
export interface Made {
  /** What the devices were made with, and what came after it. */
  readonly releases: { readonly older: Release; readonly present: Release; readonly newer: Release };
  /** Where the device is that nobody is to own. */
  readonly outdated: string;
  /** What stands on the devices' labels, where they join a mesh. */
  readonly labels: Labels;
  /** SHA-256 of the public key that signs firmware, as images and tokens name it. */
  readonly signer: Uint8Array;
}

/** Eight devices need no two seconds to keep their answers apart, and on this host nothing real takes longer, ms. */
const limits = { ownershipLeisure: 400, leisure: 100, grace: 250 };

/** A board that is ready: its name, and where it is. */
export type OnMade = (board: { readonly name: string; readonly folder: string }) => void;

/** Where the boards are made, and for what. */
export interface MakingPlace {
  readonly folder: string;
  readonly mesh: MeshMaking | undefined;
  /** Of those that join a mesh. */
  readonly labels: Labels;
}

/**
 * Makes all boards of the show, each in a folder of its own, and tells of each when it can be switched on.
 * @throws SelvageError as the manufacturer's store and the boards
 */
export async function makeDevices(
  surface: Surface,
  { folder, mesh, labels }: MakingPlace,
  onMade: OnMade,
): Promise<Made> {
  return withDemoManufacturer(surface, async ({ authority, firmware }) => {
    const releases = {
      older: await release(firmware, '0.9.0', 1),
      present: await release(firmware, '1.0.0', 2),
      newer: await release(firmware, '1.1.0', 3),
    };
    const make = async (plan: RosterDevice | OffBoard | RefusedJoiner): Promise<void> => {
      const { name, kind } = plan;
      const own = join(folder, name);
      const methods = 'offers' in plan ? plan.offers : (['just-works'] as const);
      const isOlder = plan === outdated || ('wrong' in plan && plan.wrong === 'older');
      const now = surface.clock.wallTime();
      await provisionBoard(own, {
        description: { kind, name, methods, limits, ...(mesh && { attachment: mesh.attachment(name) }) },
        ...joinerOf(plan, labels),
        rootKeys: [firmware.publicKey],
        image: isOlder ? releases.older.image : releases.present.image,
        securityCounter: isOlder && plan !== outdated ? releases.present.securityCounter : 0,
        entropy: surface.entropy,
        ...(methods.includes('manufacturer-certificate') && {
          certify: (publicKey) => certifyVirtualDevice(authority, { name, publicKey, now }),
        }),
        certifyAttestation: (instance, publicKey) => certifyAttestation(authority, { instance, publicKey, now }),
      });
      if ('wrong' in plan && plan.wrong === 'tampered') changeInFlash(boardPaths(own).slots[0]);
      if (plan !== outdated) onMade({ name, folder: own });
    };
    const guests = mesh === undefined ? [] : refusedJoiners;
    await Promise.all([...roster, ...offBoards, outdated, ...guests].map(make));
    return {
      releases,
      outdated: join(folder, outdated.name),
      labels,
      signer: keyHashOf(nativeCore, firmware.publicKey),
    };
  });
}

/** What a board joins a mesh by; nothing where it is made for none. */
function joinerOf({ name, kind, ...plan }: RosterDevice | OffBoard | RefusedJoiner, labels: Labels) {
  const label = labels.get(name);
  if (label === undefined) return {};
  const vendorName = 'wrong' in plan && plan.wrong === 'vendor' ? otherMaker : maker;
  return { joiner: { label, facts: { vendorName, vendorModel: kind } } };
}

async function release(signer: ImageSigner, version: string, securityCounter: number): Promise<Release> {
  const options = { core: nativeCore, version: parseVersion(version), securityCounter, signer };
  return { version, securityCounter, image: await signImage(firmwarePayload(version), options) };
}
