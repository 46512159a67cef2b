import { Alarm, type Clock, encode, SelvageError, type Store } from '@selvage/core';
import type { CryptoCore, KeyHandle, KeyHome } from '@selvage/crypto';
import type { Dataset } from '../dataset/dataset.js';
import { openThreadKeys } from '../keys/open-keys.js';
import { serveKeys } from '../keys/run-keys.js';
import type { UdpPortOptions } from '../ip6/stack/udp-port.js';
import { obeyLink } from '../mac/obey-link.js';
import type { Radio } from '../radio/radio.js';
import type { PendingDataset } from './datasets.js';
import { networkOf } from './network.js';
import { datasetBytes, networkRecord, recordNames } from './network-record.js';
import { takeKey } from './network-key.js';
import { MeshPort } from './mesh-port.js';
import type { NodeEvent } from './node-event.js';
import type { StoredNetwork } from './stored-network.js';
import type { NodeOutput } from './node-io.js';
import type { ThreadNode } from './thread-node.js';

/** What a {@link NodeRunner} drives a node on. */
export interface RunnerParts {
  readonly core: CryptoCore;
  readonly node: ThreadNode;
  readonly radio: Radio;
  readonly clock: Clock;
  readonly home: KeyHome;
  readonly networkKey: KeyHandle;
  /** Of the pending dataset, where that has another. */
  readonly pendingKey?: KeyHandle | undefined;
  readonly store: Store;
  /** Whether the store seals what is put there, and so takes datasets with their keys. */
  readonly isSealed?: boolean | undefined;
}

/** Drives a {@link ThreadNode} on a radio, a clock, a key home and a store. */
export class NodeRunner {
  readonly node: ThreadNode;
  readonly #parts: RunnerParts;
  readonly #listeners = new Set<(event: NodeEvent) => void>();
  /** Stores happen one after the other. */
  readonly #waiting: (() => Promise<void>)[] = [];
  #storing: Promise<void> = Promise.resolve();
  /** Of the network that the node is in. */
  #networkKey: KeyHandle;
  /** Of the network that it is to be in later. */
  #pendingKey: Promise<KeyHandle> | undefined;
  readonly #alarm: Alarm;
  #pumping = false;
  #stopped = false;

  constructor(parts: RunnerParts) {
    this.node = parts.node;
    this.#parts = parts;
    this.#alarm = new Alarm(parts.clock, () => this.pump());
    this.#networkKey = parts.networkKey;
    this.#pendingKey = parts.pendingKey && Promise.resolve(parts.pendingKey);
    parts.radio.onEvent((event) => {
      if (this.#stopped) return;
      const { counters } = this.node.link;
      const { filtered } = counters;
      this.node.handle({ kind: 'radio', event }, parts.clock.now());
      // In a crowd most frames are for somebody else: such a one changes nothing, and nothing follows from it.
      if (counters.filtered === filtered) this.pump();
    });
    this.pump();
  }

  /** Calls `listener` for each event; returns how to stop it. */
  onEvent(listener: (event: NodeEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Calls the node and lets begin what it then wants. */
  run<T>(action: (node: ThreadNode, now: number) => T): T {
    const now = this.#parts.clock.now();
    this.node.setNow(now);
    const result = action(this.node, now);
    this.pump();
    return result;
  }

  /**
   * Opens a UDP port of the node; datagrams to these groups come there too.
   * @throws SelvageError `address-in-use`, `value-out-of-range`
   */
  openPort(options: UdpPortOptions = {}, groups: readonly Uint8Array[] = []): MeshPort {
    return this.run((node, now) => {
      const port = node.ip.openPort(options);
      for (const group of groups) node.join(group, now);
      return new MeshPort(port, (action) => this.run(action));
    });
  }

  /** Drains the node's outputs: call it after whatever called the node. */
  pump(): void {
    if (this.#stopped || this.#pumping) return;
    this.#pumping = true;
    try {
      for (let output = this.#poll(); output !== undefined; output = this.#poll()) this.#obey(output);
    } finally {
      this.#pumping = false;
    }
    this.#alarm.set(this.node.deadline);
  }

  /** Stops driving, and closes the radio. What is being stored is stored. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#alarm.set(undefined);
    this.#parts.radio.close();
    await this.#storing;
  }

  #poll(): NodeOutput | undefined {
    return this.node.poll(this.#parts.clock.now());
  }

  #obey(output: NodeOutput): void {
    switch (output.kind) {
      case 'radio':
        return obeyLink(this.#parts.radio, output.output);
      case 'keys':
        return void this.#serveKeys(output.output);
      case 'store':
        return this.#store(output.record);
      case 'store-dataset':
        return output.which === 'active' ? this.#storeActive(output.dataset) : this.#storePending(output.pending);
      case 'open-network':
        return void this.#openNetwork(output.dataset, output.wasPending);
      case 'event':
        for (const listener of [...this.#listeners]) listener(output.event);
    }
  }

  async #serveKeys(output: Extract<NodeOutput, { kind: 'keys' }>['output']): Promise<void> {
    const { home, store } = this.#parts;
    const networkKey = this.#networkKey;
    const input = await serveKeys(output, { home, store, networkKey });
    if (this.#stopped || networkKey !== this.#networkKey) return;
    this.node.handle({ kind: 'keys', input }, this.#parts.clock.now());
    this.pump();
  }

  #store(record: StoredNetwork): void {
    this.#put(recordNames.network, encode(networkRecord, { version: 1, ...record }));
  }

  #storeActive(dataset: Dataset): void {
    this.#put(recordNames.active, this.#datasetBytes(dataset, this.#networkKey));
  }

  /** What lies in a store that is not sealed has no key: that is in its home, and named here. */
  #datasetBytes(dataset: Dataset, key: KeyHandle): Uint8Array {
    const { core, isSealed = false } = this.#parts;
    return datasetBytes(core, dataset, key, isSealed);
  }

  /** A network key that is to be in force later is in its home from the moment that it is known. */
  #storePending(pending: PendingDataset | undefined): void {
    const { home, store } = this.#parts;
    const superseded = this.#pendingKey;
    const key = pending?.hasOtherKey === true ? takeKey(home, pending.dataset) : undefined;
    this.#pendingKey = key;
    this.#afterStores(async () => {
      if (pending === undefined) await store.delete(recordNames.pending);
      else await store.put(recordNames.pending, this.#datasetBytes(pending.dataset, (await key) ?? this.#networkKey));
      // Nothing names it any more.
      if (superseded !== undefined) await home.destroy(await superseded);
    });
  }

  #put(name: string, bytes: Uint8Array): void {
    const { store } = this.#parts;
    this.#afterStores(() => store.put(name, bytes));
  }

  #afterStores(store: () => Promise<void>): void {
    this.#waiting.push(store);
    if (this.#waiting.length === 1) this.#storing = this.#storeAll();
  }

  /** The first is on its way to the medium at once, not in a later turn: the power may go at any time. */
  async #storeAll(): Promise<void> {
    for (let [store] = this.#waiting; store !== undefined; [store] = this.#waiting) {
      await store().catch((error: unknown) => this.#failed(error));
      this.#waiting.shift();
    }
  }

  async #openNetwork(dataset: Dataset, wasPending: boolean): Promise<void> {
    const { home, store, clock } = this.#parts;
    const pendingKey = wasPending ? this.#pendingKey : undefined;
    if (wasPending) this.#pendingKey = undefined;
    try {
      const networkKey = await (pendingKey ?? takeKey(home, dataset));
      const { rotationHours } = networkOf(dataset);
      const keys = await openThreadKeys({ home, networkKey, store, rotationHours, now: clock.now() });
      if (this.#stopped) return;
      this.#networkKey = networkKey;
      this.node.handle({ kind: 'network', dataset, keys }, clock.now());
      this.pump();
    } catch (error) {
      this.#failed(error);
    }
  }

  #failed(error: unknown): void {
    const reason = error instanceof SelvageError ? error.message : 'it failed';
    for (const listener of [...this.#listeners]) listener({ kind: 'failed', reason });
  }
}
