import { type ChildProcess, spawn } from 'node:child_process';
import { statSync } from 'node:fs';
import type { Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { encode, SelvageError } from '@selvage/core';
import { Channel } from '../../channel/channel.js';
import { hostService, openOperation, openRequest } from '../../vault/host-wire.js';
import type { Vault, VaultKeys } from '../../vault/vault.js';
import { VaultClient } from '../../vault/vault-client.js';
import type { VaultStore } from '../../vault/vault-store.js';
import { nodeSchedule, socketStream } from '../channel/socket-stream.js';
import type { FolderVaultOptions } from './folder-vault.js';

/** Which vault, and as whom it is used. */
export interface VaultProcessOptions extends FolderVaultOptions {
  /** The client that this process is; `operator` where nothing else is said. */
  readonly client?: string | undefined;
}

/** A file of the build, from the sources as from the build. */
const built = (path: string): string => fileURLToPath(new URL(`../../../dist/${path}`, import.meta.url));
const program = built('node/vault/vault-main.js');
/** The same in one file, which starts in a third of the time. */
const bundle = built('bundle/vault.cjs');
/** What the compiler touches whenever it has compiled something anew. */
const compiled = built('.tsbuildinfo');
/** Characters of what a process complained of. */
const complaintLength = 2000;

/**
 * An operator's vault in a process of its own, which has its keys in memory and ends with this one, however this one
 * ends. The process is given the folder and one channel: neither environment nor input.
 */
export class VaultProcess {
  /** All that the vault does for this process. */
  readonly vault: VaultClient;
  readonly #child: ChildProcess;
  readonly #channel: Channel;
  readonly #ended: Promise<void>;

  private constructor(child: ChildProcess, channel: Channel, vault: VaultClient, ended: Promise<void>) {
    this.#child = child;
    this.#channel = channel;
    this.vault = vault;
    this.#ended = ended;
  }

  /**
   * Starts the process and has it open the vault.
   * @throws SelvageError as {@link FolderVault.open}; `internal` where the process does not start
   */
  static async start(options: VaultProcessOptions): Promise<VaultProcess> {
    const child = spawn(process.execPath, [isFresh(bundle) ? bundle : program, options.folder], {
      env: {},
      stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
    });
    const complaint = complaintOf(child);
    const ended = new Promise<void>((resolve) => {
      child.once('close', () => resolve());
      child.once('error', () => resolve());
    });
    const channel = new Channel(socketStream(child.stdio[3] as Socket), { schedule: nodeSchedule });
    const body = openBody(options);
    try {
      await channel.request(hostService, openOperation, body);
      return new VaultProcess(child, channel, await VaultClient.connect(channel), ended);
    } catch (error) {
      channel.close();
      await ended;
      if (!(error instanceof SelvageError) || error.code !== 'port-closed') throw error;
      throw new SelvageError('internal', `the process of the vault ended: ${complaint() || 'it does not say why'}`, {
        cause: error,
      });
    } finally {
      body.fill(0);
    }
  }

  get keys(): VaultKeys {
    return this.vault.keys;
  }

  get store(): VaultStore {
    return this.vault.store;
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Resolves when the process has ended, for whatever reason. */
  get ended(): Promise<void> {
    return this.#ended;
  }

  /** The vault on another lane, or with a signal that withdraws what waits. */
  with(options: Parameters<VaultClient['with']>[0]): Vault {
    return this.vault.with(options);
  }

  /** Ends the process once all that it was asked is durable, or refused; another can open the vault then. */
  async close(): Promise<void> {
    this.#channel.close();
    await this.#ended;
  }
}

function openBody({ unlock, create = true, iterations = 0, client = 'operator' }: VaultProcessOptions): Uint8Array {
  return encode(openRequest, {
    unlock: unlock?.reveal() ?? new Uint8Array(0),
    create: create ? 'yes' : 'no',
    iterations,
    client: new TextEncoder().encode(client),
  });
}

/** What the process says on its error output, as much as is of use. */
function complaintOf(child: ChildProcess): () => string {
  let text = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    text = (text + chunk.toString()).slice(-complaintLength);
  });
  return () => text.trim();
}

/** Whether the bundle was made of what is compiled now. A published package has no record of the compiler's. */
function isFresh(path: string): boolean {
  const [made, from] = [statSync(path, { throwIfNoEntry: false }), statSync(compiled, { throwIfNoEntry: false })];
  return made !== undefined && (from === undefined || made.mtimeMs >= from.mtimeMs);
}
