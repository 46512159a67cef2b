import type { Confinement, HandedWorld } from '@selvage/hardware/node';

/** What a secure world's process is started with, in JSON on its command line. */
export interface SecureWorldSetting {
  /** The board's folder. */
  readonly folder: string;
  /** The network interface that it is plugged into; the loopback where it is left out. */
  readonly interface?: string | undefined;
  /** Whether the reset button is held while the power comes. */
  readonly held?: boolean | undefined;
  /** How its firmware is confined; the best way that the host has, by default. */
  readonly confinement?: Confinement | undefined;
  /** A normal world that was started with it. */
  readonly handed?: HandedWorld | undefined;
}
