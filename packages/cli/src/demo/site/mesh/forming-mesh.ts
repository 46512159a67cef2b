import { SelvageError } from '@selvage/core';
import type { MeshPicture } from '../../../terminal/mesh/mesh-picture.js';
import type { Surface } from '../../../terminal/surface.js';
import type { DeviceBoards } from '../device-boards.js';
import type { MeshMaking } from '../network/show-network.js';
import { borderName } from '../network/house.js';
import { hopsBetween } from './hops.js';
import { housePicture } from './house-picture.js';

/** A router has told its links to its neighbours after that; they are no news of its board, ms. */
const settling = 2500;

/**
 * The mesh as it grows, from its border node alone on: its nodes are asked whenever a board has told of another place in
 * it, until each has its links. A picture that differs from the one before is kept until somebody looks on, and told then.
 */
export class FormingMesh {
  readonly #picture: () => Promise<MeshPicture>;
  readonly #isInterrupted: () => boolean;
  readonly #clock: Surface['clock'];
  readonly #pictures: MeshPicture[] = [];
  #show: ((picture: MeshPicture) => void) | undefined;
  #looking: Promise<void>;
  #isStale = false;
  #isOver = false;

  /** Begins before any board has power, so that the first picture has none of them. */
  constructor(surface: Surface, mesh: MeshMaking, devices: DeviceBoards) {
    this.#clock = surface.clock;
    this.#picture = () => housePicture(surface, mesh, devices);
    this.#isInterrupted = () => surface.interrupted.aborted;
    this.#looking = this.#look();
    devices.onNews(({ event }) => {
      if (event === 'mesh') this.#changed();
    });
  }

  /** Has somebody look on: told is what was seen so far, and what is seen from now on. */
  show(onPicture: (picture: MeshPicture) => void): void {
    this.#show = onPicture;
    for (const picture of this.#pictures) onPicture(picture);
  }

  /**
   * Looks until the mesh is as wanted, and no more after that. Resolves with its last picture.
   * @param time how long that may take, ms
   */
  async settled(isWanted: (picture: MeshPicture) => boolean, time: number): Promise<MeshPicture> {
    this.#isOver = true;
    await this.#looking;
    const deadline = this.#clock.now() + time;
    for (;;) {
      const picture = await this.#picture();
      if (isClear(picture)) this.#add(picture);
      if (isWanted(picture) || this.#clock.now() >= deadline || this.#isInterrupted()) return picture;
    }
  }

  #changed(): void {
    this.#isStale = true;
    this.#lookAgain();
    void this.#clock.wakeAt(this.#clock.now() + settling, () => {
      this.#isStale = true;
      this.#lookAgain();
    });
  }

  #lookAgain(): void {
    this.#looking = this.#looking.then(async () => {
      while (this.#isStale && !this.#isOver && !this.#isInterrupted()) {
        this.#isStale = false;
        await this.#look();
      }
    });
  }

  async #look(): Promise<void> {
    try {
      const picture = await this.#picture();
      if (isClear(picture)) this.#add(picture);
      else this.#isStale = true;
    } catch (error) {
      // The border node stops where the show is ended in the middle.
      if (!(error instanceof SelvageError)) throw error;
    }
  }

  #add(picture: MeshPicture): void {
    const last = this.#pictures.at(-1);
    if (last !== undefined && JSON.stringify(picture) === JSON.stringify(last)) return;
    this.#pictures.push(picture);
    this.#show?.(picture);
  }
}

/** Whether all that are in it are drawn in their places: who has just become a router needs a moment for its links. */
function isClear(picture: MeshPicture): boolean {
  const routers = picture.partitions.flatMap((partition) => partition.routers);
  return routers.every(
    ({ label, isSilent = false }) =>
      !isSilent && (label === undefined || hopsBetween(picture, borderName, label) !== undefined),
  );
}
