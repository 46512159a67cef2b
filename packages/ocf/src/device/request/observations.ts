import type { ResourceTable } from '../../model/table.js';
import { securityPaths } from '../../security/paths.js';
import type { DurableState } from '../state/durable-state.js';

/** What tells observers that a resource has changed. */
export interface Notifier {
  /** Serves the resource anew for all who observe it; one who may not see it any more is told so, and forgotten. */
  changed(path: string): void;
  observerCount(path: string): number;
}

/**
 * When observers hear of what. Out of normal operation the application answers nobody, and observers would be lost for
 * every provisioning: they are told when it is over, all of them if rights have changed.
 */
export class Observations {
  readonly #notifiers: readonly Notifier[];
  readonly #table: () => ResourceTable;
  readonly #paths: readonly string[];
  readonly #missed = new Set<string>();
  #rightsChanged = false;

  /** @param paths of the resources that can be observed in normal operation */
  constructor(notifiers: readonly Notifier[], table: () => ResourceTable, paths: readonly string[]) {
    this.#notifiers = notifiers;
    this.#table = table;
    this.#paths = paths;
  }

  /** Values at a path have changed. */
  valuesChanged(path: string, { dos }: DurableState): void {
    for (const affected of this.#table().affectedBy(path)) {
      if (dos === 'RFNOP') this.#tell(affected);
      else this.#missed.add(affected);
    }
  }

  /** The device's state has changed. */
  stateChanged(state: DurableState, before: DurableState): void {
    if (state.dos !== before.dos) this.#tell(securityPaths.pstat);
    if (state.entries !== before.entries || state.credentials !== before.credentials) this.#rightsChanged = true;
    if (state.dos !== 'RFNOP') return;
    const told = this.#rightsChanged ? this.#paths : [...this.#missed];
    this.#rightsChanged = false;
    this.#missed.clear();
    for (const path of told) this.#tell(path);
  }

  #tell(path: string): void {
    for (const notifier of this.#notifiers) if (notifier.observerCount(path) > 0) notifier.changed(path);
  }
}
