import { join } from 'node:path';
import { type PublicKey } from '@selvage/crypto';
import { firmwarePayload, provisionBoard } from '@selvage/device/node';
import { parseVersion, signImage } from '@selvage/hardware';
import { nativeCore } from '@selvage/crypto';
import type { DeviceKind, TransferMethod } from '@selvage/ocf';
import type { Report } from '../ca/report.js';
import { step } from '../ca/step.js';
import { binaryFile } from '../firmware/inputs.js';
import { publicKeyOf } from '../keys/public-key.js';
import {
  certifyAttestation,
  certifyVirtualDevice,
  type DemoManufacturer,
  withDemoManufacturer,
} from '../ocf/device/demo-manufacturer.js';
import type { Surface } from '../terminal/surface.js';
import { noPassphrase } from './no-passphrase.js';

export interface MakeOptions {
  readonly json: boolean;
  readonly name?: string;
  readonly image?: string;
  readonly root?: readonly string[];
  readonly pin?: boolean;
  readonly manufacturer?: boolean;
  readonly justWorks: boolean;
}

/** What a board is made with where nobody brings firmware along. */
const firstVersion = '1.0.0';

/**
 * `board make`: a device on a board, secured, with its first firmware.
 * @throws SelvageError that names the step; `wrong-state` where there is a board in the folder.
 */
export async function make(
  surface: Surface,
  report: Report,
  { folder, kind }: { readonly folder: string; readonly kind: DeviceKind },
  options: MakeOptions,
): Promise<void> {
  const { name = kind } = options;
  const methods = methodsOf(options);
  await step('make the board', () =>
    withDemoManufacturer(surface, async (manufacturer) => {
      const { image, rootKeys } = await firmwareOf(surface, manufacturer, options);
      const { authority } = manufacturer;
      const now = surface.clock.wallTime();
      await provisionBoard(folder, {
        description: { kind, name, methods },
        rootKeys,
        image,
        entropy: surface.entropy,
        ...(methods.includes('manufacturer-certificate') && {
          certify: (publicKey) => certifyVirtualDevice(authority, { name, publicKey, now }),
        }),
        certifyAttestation: (instance, publicKey) => certifyAttestation(authority, { instance, publicKey, now }),
      });
    }),
  );
  report.show({
    event: 'made',
    data: { folder, kind, name, methods },
    lines: [
      `${name} is a ${kind} on a board in ${folder}: ${join(folder, 'chip')} is inside the chip,`,
      `${join(folder, 'flash')} is beside it. Switch it on: selvage board run ${folder}`,
    ],
  });
}

interface Firmware {
  readonly image: Uint8Array;
  readonly rootKeys: readonly PublicKey[];
}

/** As it was brought along, or as the manufacturer of this host's devices publishes it. */
async function firmwareOf(
  surface: Surface,
  { firmware }: DemoManufacturer,
  { image: file, root = [] }: MakeOptions,
): Promise<Firmware> {
  const own = await Promise.all(root.map((key) => publicKeyOf(key, { surface, passphrase: noPassphrase })));
  const rootKeys = own.length === 0 ? [firmware.publicKey] : own;
  if (file !== undefined) return { image: binaryFile('--image', file), rootKeys };
  const options = { core: nativeCore, version: parseVersion(firstVersion), securityCounter: 1, signer: firmware };
  return { image: await signImage(firmwarePayload(firstVersion), options), rootKeys };
}

/** The best first. */
function methodsOf({ pin, manufacturer, justWorks }: MakeOptions): TransferMethod[] {
  const methods: TransferMethod[] = [];
  if (manufacturer === true) methods.push('manufacturer-certificate');
  if (pin === true) methods.push('random-pin');
  if (justWorks) methods.push('just-works');
  return methods;
}
