import { fromJson, SelvageError, type Timer, toHex } from '@selvage/core';
import { type ChosenInterface, chooseInterface, systemClock } from '@selvage/core/node';
import {
  BootRom,
  type BootStart,
  bootLogLine,
  endInWords,
  Refusals,
  Restarts,
  type SecureWorld as Measured,
  type VaultEngine,
  versionText,
} from '@selvage/hardware';
import {
  type Confinement,
  type FileBoard,
  type HandedWorld,
  type NormalWorld,
  openBoard,
  startNormalWorld,
} from '@selvage/hardware/node';
import { openBoardVault, vaultClients } from '../board/board-vault.js';
import type { BoardNews, BootedImage } from '../board/news.js';
import type { AirPlace } from '../board/setting.js';
import { FirmwareRun } from './firmware-run.js';

export interface SecureWorldOptions {
  /** The board's folder. */
  readonly folder: string;
  /** The network interface that it is plugged into; the loopback by default. */
  readonly interface?: string | undefined;
  /** Where its radio is. */
  readonly air?: AirPlace | undefined;
  /** Has this program measure itself: the first time that it is asked, of a file. */
  readonly measure: () => Measured;
  /** How firmware is confined; the best way that the host has where it is left out. */
  readonly confinement?: Confinement | undefined;
  readonly tell: (news: BoardNews) => void;
  /** Hears of what keeps a board from being started again. */
  readonly fail: (error: unknown) => void;
}

/** How the power comes. */
export interface PowerOptions {
  /** Whether the reset button is held meanwhile. */
  readonly held?: boolean | undefined;
  /** A normal world that gets its power at the same time. */
  readonly handed?: HandedWorld | undefined;
}

/** A board with its power on, and what runs on it. */
interface Powered {
  readonly board: FileBoard;
  readonly vault: VaultEngine | undefined;
  readonly firmware: FirmwareRun | undefined;
}

/**
 * The secure world of a board: its boot ROM, its vault and its sockets. What it starts is the very bytes that it verified,
 * in a process that has nothing but a channel to here.
 */
export class SecureWorld {
  readonly #options: SecureWorldOptions;
  readonly #restarts = new Restarts();
  #own: Own | undefined;
  #powered: Powered | undefined;
  #timer: Timer | undefined;
  /** One thing after the other: power, button, power. */
  #last: Promise<void> = Promise.resolve();

  constructor(options: SecureWorldOptions) {
    this.#options = options;
  }

  /** Gives it power. @throws SelvageError (rejects) as the board */
  powerOn(options: PowerOptions = {}): Promise<void> {
    return this.#inTurn(() => this.#start(options));
  }

  /** Takes its power, once the firmware has said goodbye. */
  powerOff(): Promise<void> {
    return this.#inTurn(() => this.#stop());
  }

  /** Takes its power and gives it back. */
  cycle(): Promise<void> {
    return this.#inTurn(() => this.#again());
  }

  /**
   * The reset button, held: the firmware may say goodbye and is ended, what the owner left is wiped, and the board starts
   * as it came out of its box.
   */
  press(): Promise<void> {
    return this.#inTurn(async () => {
      await this.#powered?.board.resetButton.hold();
      await this.#again();
    });
  }

  /** Something comes in through a peripheral; `value` as JSON has it. */
  input(peripheral: string, value: unknown): void {
    this.#powered?.firmware?.input(peripheral, fromJson(value));
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    const turn = this.#last.then(work, work);
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  /** The other core is in reset as soon as the power goes: it gets ready while the firmware says goodbye. */
  async #again(): Promise<void> {
    const core = this.#hold();
    try {
      await this.#stop();
    } catch (error) {
      await killed(core.starting);
      throw error;
    }
    await this.#start({}, core);
  }

  /** Like a second core, held in reset until there is something to run. */
  #hold(handed?: HandedWorld): HeldCore {
    const refusals = new Refusals({
      onRefusal: ({ kind, what, count }) => this.#log(`refused ${what}: ${kind} (${count})`),
    });
    return { refusals, starting: this.#normalWorld(refusals, handed) };
  }

  async #start({ held = false, handed }: PowerOptions, ready?: HeldCore): Promise<void> {
    const since = systemClock.now();
    // The disk is the first to be asked, and all else is done while it is at work.
    const opening = openBoard(this.#options.folder);
    const core = ready ?? this.#hold(handed);
    try {
      this.#own ??= this.#lookAtItself();
      await this.#boot(await opening, this.#own, { held, since, ...core });
    } catch (error) {
      await killed(core.starting);
      throw error;
    }
  }

  /** What does not change while this process runs. @throws SelvageError as {@link chooseInterface} */
  #lookAtItself(): Own {
    const { measure, interface: wanted } = this.#options;
    return { measured: measure(), chosen: chooseInterface(wanted) };
  }

  async #boot(board: FileBoard, own: Own, { held, since, starting, refusals }: Starting): Promise<void> {
    const { tell, air } = this.#options;
    const { measured } = own;
    this.#powered = { board, vault: undefined, firmware: undefined };
    if (held) await board.resetButton.hold();
    const deciding = new BootRom({ secureWorld: measured }).boot(board);
    const [decision, vault] = await Promise.all([deciding, orError(openBoardVault(board))]);
    const log = decision.log.map(bootLogLine);
    const engine = vault instanceof SelvageError ? undefined : vault;
    if (engine !== undefined && (await board.resetButton.isPending())) {
      await engine.client(vaultClients.firmware).erase();
      // Most starts have no use for what a mesh takes: they begin without it.
      const { leaveNetwork } = await import('../board/mesh-network.js');
      await leaveNetwork(engine.client(vaultClients.board));
      await board.resetButton.done();
      tell({ event: 'wiped' });
    }
    const securityCounter = await board.securityCounter.read();
    // The last that is waited for: all else is done while it gets ready.
    const world = await starting;
    for (const part of [vault, world]) if (part instanceof SelvageError) log.push(`board: refused: ${part.message}`);
    const milliseconds = systemClock.now() - since;
    if (decision.kind === 'off' || engine === undefined || world instanceof SelvageError) {
      if (!(world instanceof SelvageError)) await world.kill();
      this.#powered = { board, vault: engine, firmware: undefined };
      return tell({ event: 'boot', log, securityCounter, milliseconds });
    }
    log.push(...isolationLines(world));
    const { isolation, pid } = world;
    // Its loader is given what it runs before anybody is told of the boot: on the other core it begins meanwhile.
    const running = FirmwareRun.start({
      ...own,
      board,
      vault: engine,
      start: decision,
      world,
      refusals,
      air,
      since,
      tell,
    });
    tell({ event: 'boot', log, image: imageOf(decision), isolation, pid, securityCounter, milliseconds });
    const firmware = await running;
    this.#powered = { board, vault: engine, firmware };
    void firmware.ended.then((end) => this.#firmwareEnded(firmware, endInWords(end)));
  }

  /** Firmware that ends though its board has power is started again, but not for ever. */
  #firmwareEnded(firmware: FirmwareRun, why: string): void {
    if (this.#powered?.firmware !== firmware) return;
    this.#options.tell({ event: 'stopped', why });
    const after = this.#restarts.ended(systemClock.now());
    if (after.kind === 'off') return;
    this.#timer = systemClock.wakeAt(after.at, () => void this.cycle().catch(this.#options.fail));
  }

  async #normalWorld(refusals: Refusals, handed: HandedWorld | undefined): Promise<NormalWorld | SelvageError> {
    const { confinement } = this.#options;
    return orError(
      startNormalWorld({
        handed,
        policy: confinement === undefined ? undefined : { ways: [confinement] },
        onLine: (line) => this.#log(line),
        onRefused: (what) => refusals.add('loader', what, systemClock.now()),
        onThrottled: () => refusals.add('throttled', 'bytes on the channel', systemClock.now()),
      }),
    );
  }

  async #stop(): Promise<void> {
    this.#timer?.cancel();
    const powered = this.#powered;
    this.#powered = undefined;
    await powered?.firmware?.stop();
    await powered?.vault?.close();
    await powered?.board.close();
  }

  #log(line: string): void {
    this.#options.tell({ event: 'log', line });
  }
}

/** What a secure world is, and where. */
interface Own {
  readonly measured: Measured;
  readonly chosen: ChosenInterface;
}

/** A normal world that gets ready, and what it will be refused. */
interface HeldCore {
  readonly starting: Promise<NormalWorld | SelvageError>;
  readonly refusals: Refusals;
}

/** A start that is under way. */
interface Starting extends HeldCore {
  readonly held: boolean;
  readonly since: number;
}

async function killed(starting: Promise<NormalWorld | SelvageError>): Promise<void> {
  const world = await starting;
  if (!(world instanceof SelvageError)) await world.kill();
}

/** What is wrong with a part of the board is a line of its log, and not the end of the secure world. */
async function orError<T>(work: Promise<T>): Promise<T | SelvageError> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof SelvageError) return error;
    throw error;
  }
}

function isolationLines({ isolation, shortcomings }: NormalWorld): string[] {
  return [...shortcomings.map((why) => `board: no better isolation: ${why}`), `board: isolation ${isolation}`];
}

function imageOf({ slot, image, trial }: BootStart): BootedImage {
  return { slot, version: versionText(image.version), trial, digest: toHex(image.digest) };
}
