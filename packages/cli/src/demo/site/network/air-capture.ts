import { SelvageError, type Timer } from '@selvage/core';
import { nativeCore } from '@selvage/crypto';
import { AirReader, type Dataset, type ListenerKeys } from '@selvage/thread';
import { EtherListener, type HeardFrame } from '@selvage/thread/node';
import { CaptureFile } from '../../../thread/sniff/capture-file.js';
import { keysOf } from '../../../thread/sniff/keys.js';
import type { Surface } from '../../../terminal/surface.js';

/** Which air is kept, and where. */
export interface AirCaptureOptions {
  readonly path: string;
  readonly offset: number;
  readonly dataset: Dataset;
}

/** Keeps every frame of an ether in a file, and says of each what the network's key shows. */
export class AirCapture {
  readonly #surface: Surface;
  readonly #file: CaptureFile;
  readonly #reader: AirReader;
  readonly #waiting = new Set<(heard: HeardFrame) => void>();
  #listener: EtherListener | undefined;

  private constructor(surface: Surface, { path, offset, dataset }: AirCaptureOptions) {
    const keys = keysOf(dataset);
    this.#surface = surface;
    this.#file = new CaptureFile(surface, path, `the ether at offset ${offset}`, keys);
    this.#reader = new AirReader({ core: nativeCore, ...keys });
  }

  /** @throws SelvageError (rejects) `store-failed`, `port-failed` */
  static async open(surface: Surface, options: AirCaptureOptions): Promise<AirCapture> {
    const capture = new AirCapture(surface, options);
    const { offset } = options;
    capture.#listener = await EtherListener.join({ portOffset: offset }, surface.clock, (heard) =>
      capture.#keep(heard),
    );
    return capture;
  }

  get path(): string {
    return this.#file.path;
  }

  /** The folder that has Wireshark decrypt it. */
  get profile(): string {
    return this.#file.profile ?? '';
  }

  /**
   * The first frame from now on that is as wanted.
   * @param time how long it is waited for, ms
   * @throws SelvageError (rejects) `timed-out`
   */
  hear(isWanted: (heard: HeardFrame) => boolean, time: number): Promise<HeardFrame> {
    const { clock } = this.#surface;
    return new Promise((resolve, reject) => {
      const settle = (settled: () => void): void => {
        timer.cancel();
        this.#waiting.delete(look);
        settled();
      };
      const look = (heard: HeardFrame): void => {
        if (isWanted(heard)) settle(() => resolve(heard));
      };
      const silent = new SelvageError('timed-out', `no such frame was on the air within ${time / 1000} s`);
      const timer: Timer = clock.wakeAt(clock.now() + time, () => settle(() => reject(silent)));
      this.#waiting.add(look);
    });
  }

  /** What passes under these keys can be read from now on, too. */
  learn(keys: ListenerKeys): void {
    this.#reader.learn(keys);
    this.#file.learn(keys, this.#reader.shorts);
  }

  close(): void {
    this.#listener?.close();
    this.#file.close(this.#reader.shorts);
  }

  #keep(heard: HeardFrame): void {
    const { clock } = this.#surface;
    const { detail } = this.#reader.read(heard.psdu, heard.at);
    this.#file.add(heard, clock.wallTime() - (clock.now() - heard.at), detail);
    for (const look of [...this.#waiting]) look(heard);
  }
}
