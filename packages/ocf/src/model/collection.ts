import type { InterfaceName } from './interface.js';
import { applicationFacts, type ResourceFacts } from './resource.js';

/** A resource that holds links to others of its device. */
export interface CollectionDefinition extends ResourceFacts {
  readonly form: 'collection';
  /** The paths of its members, in order. */
  readonly members: readonly string[];
  /** Whether its members are of one measurement: then they are read together and only through it. */
  readonly atomic: boolean;
  /** Types of members that it always has (`rts-m`). */
  readonly mandatoryTypes: readonly string[] | undefined;
  readonly name: string | undefined;
}

/** What a collection is declared with. */
export interface CollectionOptions {
  readonly path: string;
  readonly members: readonly string[];
  /** Types of its own beside `oic.wk.col` or `oic.wk.atomicmeasurement`, such as `oic.r.weatherstation`. */
  readonly types?: readonly string[];
  readonly mandatoryTypes?: readonly string[];
  readonly name?: string;
  /** True by default. */
  readonly discoverable?: boolean;
  /** True by default. */
  readonly observable?: boolean;
  /** True by default. */
  readonly secure?: boolean;
}

/**
 * Declares a collection (`oic.wk.col`): by default it shows the links to its members, as a batch it reads and updates
 * them in one request. @throws SelvageError `invalid-argument`
 */
export function defineCollection(options: CollectionOptions): CollectionDefinition {
  return collection(options, 'oic.wk.col', ['oic.if.ll', 'oic.if.b']);
}

/**
 * Declares an atomic measurement (`oic.wk.atomicmeasurement`): a collection whose members belong together and are read as
 * a batch, by default; nothing in it can be updated. @throws SelvageError `invalid-argument`
 */
export function defineAtomicMeasurement(options: CollectionOptions): CollectionDefinition {
  return collection(options, 'oic.wk.atomicmeasurement', ['oic.if.b', 'oic.if.ll']);
}

function collection(
  options: CollectionOptions,
  type: string,
  interfaces: readonly InterfaceName[],
): CollectionDefinition {
  const { members, mandatoryTypes, name } = options;
  const facts = applicationFacts({ ...options, types: [...(options.types ?? []), type], interfaces });
  return { ...facts, form: 'collection', members, atomic: interfaces[0] === 'oic.if.b', mandatoryTypes, name };
}
