import type { DeviceModel, DeviceModelOptions, PlatformInformation } from '../model/device-model.js';
import { deviceModel } from '../model/device-model.js';

/** What devices of one kind differ in. */
export interface KindOptions {
  /** What it is called; what it is, by default. */
  readonly name?: string;
  /** `Selvage` by default. */
  readonly manufacturer?: string;
  readonly platform?: PlatformInformation;
}

/** The model of a kind of device. @throws SelvageError `invalid-argument` for a name that is none */
export function modelOfKind(
  options: KindOptions,
  kind: Pick<DeviceModelOptions, 'name' | 'type' | 'resources'>,
): DeviceModel {
  return deviceModel({ manufacturer: 'Selvage', ...kind, ...options });
}
