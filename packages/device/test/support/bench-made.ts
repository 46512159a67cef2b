import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LocalKeyHome } from '@selvage/crypto';
import { type ImageSigner, imageSigner, parseVersion, signImage } from '@selvage/hardware';
import type { DeviceKind, TransferMethod } from '@selvage/ocf';
import type { Dataset } from '@selvage/thread';
import { afterAll, afterEach } from 'vitest';
import {
  type BoardJoiner,
  type BoardNews,
  type BoardNewsOf,
  BoardProcess,
  type BoardProcessOptions,
  firmwarePayload,
  provisionBoard,
} from '../../src/node/index.js';
import type { Attachment } from '../../src/index.js';
import { platform } from './memory-board.js';

/** A network of this file's own: other test files run at the same time. */
export const network = `loopback:${8000 + (process.pid % 8000)}`;

const encoder = new TextEncoder();
const folders = mkdtempSync(join(tmpdir(), 'selvage-device-'));
const running = new Set<PoweredBoard>();
afterEach(async () => {
  for (const board of running) await board.off();
});
afterAll(() => rmSync(folders, { recursive: true, force: true }));

/** Who signs the firmware of a test. */
export async function signerOfFirmware(): Promise<ImageSigner> {
  const keys = new LocalKeyHome(platform);
  return imageSigner(keys, await keys.generate({ algorithm: 'ecdsa-p256', usages: ['sign'] }));
}

/** What a board of a test is made as. */
export interface Recipe {
  readonly kind?: DeviceKind;
  readonly methods?: readonly TransferMethod[];
  /** Another program than the firmware of devices: the body of its `start`. */
  readonly program?: string;
  readonly securityCounter?: number;
  readonly signer?: ImageSigner;
  readonly root?: ImageSigner;
  readonly certify?: (publicKey: Uint8Array) => Promise<readonly Uint8Array[]>;
  readonly attachment?: Attachment;
  readonly dataset?: Dataset;
  readonly joiner?: BoardJoiner;
}

let made = 0;

/** Makes a board; gives its folder. */
export async function madeBoard(recipe: Recipe = {}): Promise<string> {
  const {
    kind = 'light',
    methods = ['just-works'],
    program,
    securityCounter = 1,
    certify,
    attachment,
    dataset,
    joiner,
  } = recipe;
  const signer = recipe.signer ?? (await signerOfFirmware());
  const { publicKey } = recipe.root ?? signer;
  const payload =
    program === undefined
      ? firmwarePayload('1.0.0')
      : encoder.encode(`exports.start = function (given) { ${program} };`);
  const folder = join(folders, `board-${++made}`);
  await provisionBoard(folder, {
    description: { kind, name: 'bench', methods, limits: { ownershipLeisure: 1, leisure: 1, grace: 50 }, attachment },
    dataset,
    joiner,
    rootKeys: [publicKey],
    image: await signImage(payload, { core: platform.core, version: parseVersion('1.0.0'), securityCounter, signer }),
    entropy: platform.entropy,
    certifyAttestation: () => Promise.resolve([Uint8Array.of(0)]),
    ...(certify && { certify }),
  });
  return folder;
}

/** A board with its power on, of which can be waited for what it tells. */
export class PoweredBoard {
  readonly process: BoardProcess;
  readonly news: BoardNews[] = [];
  #look: () => void = () => undefined;

  constructor(folder: string, options: Partial<BoardProcessOptions> = {}) {
    this.process = new BoardProcess({ clock: platform.clock, folder, interface: network, ...options });
    this.process.onNews((news) => {
      this.news.push(news);
      this.#look();
    });
    void this.process.ended.then(() => this.#look());
    running.add(this);
  }

  /** The next news of a kind that are as wanted, from those of a place in all that is told on. */
  async next<K extends BoardNews['event']>(
    event: K,
    isWanted: (news: BoardNewsOf<K>) => boolean = () => true,
    from = 0,
  ): Promise<BoardNewsOf<K>> {
    const is = (news: BoardNews): news is BoardNewsOf<K> => news.event === event && isWanted(news as BoardNewsOf<K>);
    let isOver = false;
    void this.process.ended.then(() => (isOver = true));
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const found = this.news.slice(from).find(is);
        if (found) resolve(found);
        else if (isOver) reject(this.process.failure());
        else this.#look = look;
      };
      look();
    });
  }

  /** The device once its firmware serves. */
  async running(from = 0): Promise<{ readonly device: string; readonly state: string }> {
    const { value } = await this.next(
      'shown',
      ({ peripheral, value }) => peripheral === 'console' && (value as { event?: string }).event === 'running',
      from,
    );
    return value as { device: string; state: string };
  }

  /** Does something, and gives where in the news that was. */
  do(command: Parameters<BoardProcess['do']>[0]): number {
    const from = this.news.length;
    this.process.do(command);
    return from;
  }

  async off(): Promise<void> {
    running.delete(this);
    await this.process.close();
  }
}

/** Whether a process is there. */
export function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Resolves when a process is gone; nobody is told of the end of another's child. */
export async function gone(pid: number): Promise<void> {
  while (isThere(pid)) await new Promise((resolve) => setTimeout(resolve, 20));
}
