import { SelvageError } from '@selvage/core';
import { checkedValues } from './checked-values.js';
import type { InterfaceName } from './interface.js';
import type { Query } from './query.js';
import type { ResourceProperties, UpdateOf, ValuesOf } from './resource-property.js';

/**
 * How access rules see a resource: `core` are `/oic/res`, `/oic/d`, `/oic/p`; `security` the security virtual resources;
 * `auxiliary` introspection and `/oic/wk/con`; `attestation` what a device says of its firmware to whoever is about to
 * own it; `application` all others.
 */
export type ResourceKind = 'core' | 'security' | 'auxiliary' | 'attestation' | 'application';

/** What links and access rules need to know of a resource. */
export interface ResourceFacts {
  /** Such as `/oic/d`. */
  readonly path: string;
  /** Resource types, at least one. */
  readonly types: readonly string[];
  /** The default interface first. */
  readonly interfaces: readonly InterfaceName[];
  readonly kind: ResourceKind;
  /** Whether `/oic/res` lists it. */
  readonly discoverable: boolean;
  readonly observable: boolean;
  /** Whether it is offered on secured endpoints only. */
  readonly secure: boolean;
}

/** What a kind of resource is, wherever a device has one: its data model. */
export interface DataModel<P extends ResourceProperties> {
  readonly types: readonly string[];
  /** The default interface first; baseline is added. */
  readonly interfaces: readonly InterfaceName[];
  readonly properties: P;
  /**
   * Makes of a client's update what changes; without it, that is what the update says. It sees values that fit their
   * types, and throws a SelvageError for what the device cannot do now: `setting-refused` answers 4.03.
   */
  update?(update: UpdateOf<P>, current: ValuesOf<P>): Partial<ValuesOf<P>>;
  /** The values as a client wants to see them that asks with a query, such as `units=F`. */
  present?(values: ValuesOf<P>, query: Query): ValuesOf<P>;
}

/** One resource of a device. */
export interface ResourceOptions<P extends ResourceProperties> extends DataModel<P> {
  readonly path: string;
  /** The values that it starts with. */
  readonly initial: ValuesOf<P>;
  /** The common property `n`. */
  readonly name?: string | undefined;
  /** Whether its values are kept over restarts; false by default. */
  readonly durable?: boolean;
  /** True by default. */
  readonly discoverable?: boolean;
  /** True by default. */
  readonly observable?: boolean;
  /** True by default. */
  readonly secure?: boolean;
}

/** A resource that holds properties. */
export interface ResourceDefinition<P extends ResourceProperties = ResourceProperties>
  extends ResourceFacts,
    DataModel<P> {
  readonly form: 'properties';
  readonly interfaces: readonly InterfaceName[];
  readonly initial: ValuesOf<P>;
  readonly name: string | undefined;
  readonly durable: boolean;
}

/**
 * Declares a resource of a device: `defineResource({ path: '/switch', ...binarySwitch, initial: { value: false } })`.
 * @throws SelvageError `invalid-argument` for a path, a type or interfaces that no resource has, `invalid-value` (fault
 *   `caller`) for initial values that do not fit
 */
export function defineResource<const P extends ResourceProperties>(options: ResourceOptions<P>): ResourceDefinition<P> {
  const { durable = false, name, path, properties } = options;
  return {
    ...options,
    ...applicationFacts(options),
    form: 'properties',
    initial: checkedValues(path, properties, options.initial) as ValuesOf<P>,
    name,
    durable,
  };
}

/** What {@link applicationFacts} is made of. */
export interface FactOptions {
  readonly path: string;
  readonly types: readonly string[];
  readonly interfaces: readonly InterfaceName[];
  readonly discoverable?: boolean;
  readonly observable?: boolean;
  readonly secure?: boolean;
}

/** The facts of a resource of the application. @throws SelvageError `invalid-argument` */
export function applicationFacts(options: FactOptions): ResourceFacts {
  const { path, types, discoverable = true, observable = true, secure = true } = options;
  if (!/^\/[^?#]*[^/?#]$/.test(path)) throw invalid(`${JSON.stringify(path)} is no path of a resource`);
  if (types.length === 0 || types.some((type) => !/^[a-z][!-~]{0,63}$/.test(type))) {
    throw invalid(`${path} has no resource type, or one that is none`);
  }
  if (options.interfaces.length === 0) throw invalid(`${path} has no interface beside baseline`);
  const interfaces = [...new Set<InterfaceName>([...options.interfaces, 'oic.if.baseline'])];
  return { path, types, interfaces, kind: 'application', discoverable, observable, secure };
}

function invalid(problem: string): SelvageError {
  return new SelvageError('invalid-argument', problem);
}
