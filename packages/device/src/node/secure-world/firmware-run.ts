import { type CborInput, toJson } from '@selvage/core';
import { type ChosenInterface, systemClock } from '@selvage/core/node';
import {
  type BootStart,
  Channel,
  type FirmwareEnd,
  FirmwareUpdate,
  GrantedServices,
  type Refusals,
  type SecureWorld as Measured,
  serveVault,
  supervise,
  vaultService,
  type VaultEngine,
  versionText,
} from '@selvage/hardware';
import { type FileBoard, type NormalWorld, nodeSchedule } from '@selvage/hardware/node';
import { peripherals } from '../../firmware/peripherals.js';
import { boardValues, vaultClients } from '../board/board-vault.js';
import { readChain } from '../board/chain.js';
import type { BoardNews } from '../board/news.js';
import type { AirPlace } from '../board/setting.js';
import { attesterOf } from './attester.js';
import type { BoardNetwork } from './board-network.js';
import { openNetwork } from './open-network.js';

/** What firmware is run on. */
export interface FirmwareRunOptions {
  readonly board: FileBoard;
  readonly vault: VaultEngine;
  readonly start: BootStart;
  /** Held by its loader still. */
  readonly world: NormalWorld;
  readonly refusals: Refusals;
  readonly measured: Measured;
  readonly chosen: ChosenInterface;
  readonly air: AirPlace | undefined;
  /** When it got its power. */
  readonly since: number;
  readonly tell: (news: BoardNews) => void;
}

/** Firmware that runs. */
export class FirmwareRun {
  readonly #options: FirmwareRunOptions;
  readonly #services: GrantedServices;
  readonly #ports: BoardNetwork;
  readonly #ended: Promise<FirmwareEnd>;

  private constructor(
    options: FirmwareRunOptions,
    parts: { readonly services: GrantedServices; readonly ports: BoardNetwork; readonly channel: Channel },
  ) {
    this.#options = options;
    this.#services = parts.services;
    this.#ports = parts.ports;
    const { world, refusals } = options;
    this.#ended = supervise({ ...parts, clock: systemClock, world, refusals });
  }

  /** Grants firmware what it gets, and gives it to its loader. @throws SelvageError `store-failed`, and as the board */
  static async start(options: FirmwareRunOptions): Promise<FirmwareRun> {
    const { board, vault, world, refusals, measured, tell } = options;
    const { core } = board;
    // What it asks for waits on the channel until all that it gets is there.
    world.release(options.start.image.payload);
    const start = withoutPayload(options.start);
    const version = versionText(start.image.version);
    const ports = await openNetwork({ ...options, version, own: vault.client(vaultClients.board) });
    const [attester, update, facts] = await Promise.all([
      attesterOf(vault, { core, start, isolation: world.isolation }),
      FirmwareUpdate.afterStart({ board, secureWorld: measured, running: start }),
      factsOf({ ...options, start }, ports),
    ]);
    vault.attester = attester;
    // Whatever it asks is served from the first turn of the channel on.
    const now = (): number => systemClock.now();
    const channel = new Channel(world.stream, {
      schedule: nodeSchedule,
      onViolation: (violation) => refusals.addViolation(violation, now()),
    });
    channel.serve(vaultService, refusals.watch('vault', serveVault(vault.client(vaultClients.firmware)), now));
    const services = new GrantedServices(channel, {
      clock: systemClock,
      facts,
      openPort: (name) => ports.open(name),
      peripherals: new Set(Object.values(peripherals)),
      show: (peripheral, value) => tell({ event: 'shown', peripheral, value: toJson(value) }),
      update,
      log: (line) => tell({ event: 'log', line }),
      refusals,
    });
    return new FirmwareRun({ ...options, start }, { services, ports, channel });
  }

  /** Resolves when its process is gone, with why. */
  get ended(): Promise<FirmwareEnd> {
    return this.#ended;
  }

  /** Something comes in through a peripheral. */
  input(peripheral: string, value: CborInput): void {
    this.#services.input(peripheral, value);
  }

  /** Lets it say goodbye, and ends it whatever it does; resolves when its process is gone. */
  async stop(): Promise<void> {
    await this.#services.farewell();
    await this.#options.world.kill();
    await this.#ended;
    await this.#ports.close();
  }
}

/** What is known of a start, without the image that the normal world has now: a secure world is small. */
function withoutPayload(start: BootStart): BootStart {
  const { image } = start;
  const [digest, signer] = [image.digest.slice(), image.signer.slice()];
  return { ...start, image: { ...image, digest, signer, payload: new Uint8Array(0) } };
}

/** What the firmware is told of itself and of where it is. */
async function factsOf(
  { board, vault, start, world }: FirmwareRunOptions,
  { facts: network }: BoardNetwork,
): Promise<CborInput> {
  const chain = await readChain(vault.client(vaultClients.board).store, boardValues.chain);
  const version = versionText(start.image.version);
  // The description is the factory's: whether it describes a device is for the firmware to say.
  const description =
    board.facts instanceof Map ? Object.fromEntries(board.facts as ReadonlyMap<string, CborInput>) : {};
  return { ...description, chain, network, version, isolation: world.isolation };
}
