import { join } from 'node:path';

/** Where the parts of a board are. */
export interface BoardPaths {
  readonly folder: string;
  /** Inside the package of the chip: nobody but the secure world reads it. */
  readonly chip: string;
  /** A chip that is being made; it gets its name when it is whole. */
  readonly chipInTheMaking: string;
  readonly uniqueKey: string;
  readonly description: string;
  readonly otp: string;
  /** External flash, which anybody with a soldering iron reads and writes. */
  readonly flash: string;
  readonly slots: readonly [string, string];
  /** The flash that the sealed store is in. */
  readonly store: string;
}

/** The layout of a board's folder. */
export function boardPaths(folder: string): BoardPaths {
  const [chip, flash] = [join(folder, 'chip'), join(folder, 'flash')];
  return {
    folder,
    chip,
    chipInTheMaking: join(folder, 'chip.new'),
    uniqueKey: join(chip, 'unique-key'),
    description: join(chip, 'description'),
    otp: join(chip, 'otp'),
    flash,
    slots: [join(flash, 'slot-0'), join(flash, 'slot-1')],
    store: join(flash, 'store'),
  };
}

/** The file of a counter. */
export function counterPath(chip: string, name: string): string {
  return join(chip, `counter-${name}`);
}
