import type { Method } from '@selvage/coap';
import { type CborInput, type CborValue, SelvageError } from '@selvage/core';
import { checkedValues } from './checked-values.js';
import { corePaths } from './core-resources.js';
import type { DeviceFacts } from './device-facts.js';
import { DeviceResources, type DeviceResourcesOptions } from './device-resources.js';
import { interfaceAllows, type InterfaceName, interfaceNames } from './interface.js';
import { type Change, type Outcome, refusal, valuesAt } from './outcome.js';
import { parseQuery, type Query } from './query.js';
import type { ResourceDefinition, ResourceFacts } from './resource.js';
import type { ResourceProperties, ValuesOf } from './resource-property.js';
import { ServedProperties } from './served/properties.js';
import type { Requester, Served } from './served/served.js';

/** A request to a resource, whose access was granted. */
export interface TableRequest {
  readonly method: Method;
  readonly path: string;
  /** The query's arguments as the message has them. */
  readonly query: readonly string[];
  /** What was sent; `undefined` for nothing. */
  readonly value?: CborValue;
}

/** A change that was made, and by whom: a client, or the device's own application. */
export interface Changed extends Change {
  readonly by: 'client' | 'application';
}

/**
 * The resources of one device, the security resources aside, with their values: what each request to them gives, and
 * what changes. It decides nothing about access. A request changes nothing until its changes are applied, so that they
 * can be made durable first.
 */
export class ResourceTable {
  readonly #resources: DeviceResources;
  readonly #byPath: ReadonlyMap<string, ResourceFacts>;
  /** The collections of each member. */
  readonly #collectionsOf: ReadonlyMap<string, readonly string[]>;
  #listeners: readonly ((changed: Changed) => void)[] = [];

  constructor(options: DeviceResourcesOptions) {
    this.#resources = new DeviceResources(options);
    this.#byPath = new Map(this.#resources.resources.map((one) => [one.path, one]));
    this.#collectionsOf = membership(this.#resources);
  }

  /** What is at a path, the security resources included. */
  find(path: string): ResourceFacts | undefined {
    return this.#byPath.get(path);
  }

  /** Who the device is. */
  get facts(): DeviceFacts {
    return this.#resources.facts;
  }

  /** Gives the device another identity, as a change of owner does. */
  identify(facts: DeviceFacts): void {
    this.#resources.identify(facts);
  }

  /** What a request gives. Its changes are not made yet. */
  handle(request: TableRequest, requester: Requester): Outcome {
    const served = this.#resources.served(request.path);
    if (served === undefined) return refusal('4.04', `there is no ${request.path}`);
    const query = parseQuery(request.query);
    const name = chosenInterface(served.facts, query);
    if (name === undefined) return refusal('4.03', `${request.path} does not have that interface`);
    if (!interfaceAllows(name, request.method)) return refusal('4.03', `${name} has no ${request.method}`);
    if (this.#resources.bound.has(request.path))
      return refusal('4.03', `${request.path} is read with its measurement only`);
    return answer(served, name, query, request, requester);
  }

  /** Makes the changes of a request. */
  apply(changes: readonly Change[]): void {
    for (const change of changes) this.#make({ ...change, by: 'client' });
  }

  /** The values of a resource as they are. @throws SelvageError `invalid-argument` where it holds none */
  values<P extends ResourceProperties>(resource: ResourceDefinition<P>): ValuesOf<P>;
  values(path: string): Readonly<Record<string, unknown>>;
  values(resource: string | { readonly path: string }): Readonly<Record<string, unknown>> {
    return this.#holder(resource).values;
  }

  /**
   * Changes values from inside: what a sensor measured, what somebody did by hand. Read-only properties too.
   * @throws SelvageError `invalid-argument` for a path that holds no values, `invalid-value` (fault `caller`) for what is
   *   no property of it or no value of one; then nothing has changed
   */
  set<P extends ResourceProperties>(resource: ResourceDefinition<P>, values: Partial<ValuesOf<P>>): void;
  set(path: string, values: Readonly<Record<string, unknown>>): void;
  set(resource: string | { readonly path: string }, values: Readonly<Record<string, unknown>>): void {
    const holder = this.#holder(resource);
    const { path, properties } = holder.facts;
    this.#make({ path, values: checkedValues(path, properties, values), by: 'application' });
  }

  /** Has a listener told of every change after it was made. Gives what ends that. */
  onChange(listener: (changed: Changed) => void): () => void {
    this.#listeners = [...this.#listeners, listener];
    return () => {
      this.#listeners = this.#listeners.filter((one) => one !== listener);
    };
  }

  /** The paths of which a representation changes with values at a path: itself, and what shows it too. */
  affectedBy(path: string): readonly string[] {
    const collections = this.#collectionsOf.get(path) ?? [];
    return path === corePaths.configuration ? [path, corePaths.device] : [path, ...collections];
  }

  /** Whether values at a path outlive restarts. */
  isDurable(path: string): boolean {
    const served = this.#resources.served(path);
    return served instanceof ServedProperties && served.facts.durable;
  }

  /**
   * The values that outlive restarts, by path, for {@link restore}.
   * @param pending changes that count as made
   */
  durable(pending: readonly Change[] = []): CborInput {
    const holders = [...this.#resources.holders()].filter(({ facts }) => facts.durable);
    return Object.fromEntries(holders.map((one) => [one.facts.path, one.stored(valuesAt(one.facts.path, pending))]));
  }

  /** Takes back what {@link durable} gave, from this model or an earlier one: what does not fit any more is passed over. */
  restore(value: CborValue): void {
    if (!(value instanceof Map)) return;
    for (const holder of this.#resources.holders()) {
      if (holder.facts.durable) holder.restore((value as ReadonlyMap<string, CborValue>).get(holder.facts.path));
    }
    this.#resources.forget();
  }

  #holder(resource: string | { readonly path: string }): ServedProperties {
    const path = typeof resource === 'string' ? resource : resource.path;
    const served = this.#resources.served(path);
    if (served instanceof ServedProperties) return served;
    throw new SelvageError('invalid-argument', `there are no values at ${path}`);
  }

  #make(changed: Changed): void {
    this.#resources.served(changed.path)?.apply?.(changed.values);
    if (changed.path === corePaths.configuration) this.#resources.forget();
    for (const listener of this.#listeners) listener(changed);
  }
}

/** The interface that a query asks for, or the default one; `undefined` for one that the resource does not have. */
export function chosenInterface({ interfaces }: ResourceFacts, query: Query): InterfaceName | undefined {
  const asked = query.first('if');
  if (asked === undefined) return interfaces[0];
  const name = interfaceNames.find((one) => one === asked);
  return name !== undefined && interfaces.includes(name) ? name : undefined;
}

function answer(
  served: Served,
  name: InterfaceName,
  query: Query,
  { method, value, path }: TableRequest,
  requester: Requester,
): Outcome {
  switch (method) {
    case 'GET':
      return served.retrieve(name, query, requester);
    case 'POST':
    case 'PUT':
      return served.update?.(name, value, query, requester) ?? refusal('4.05', `${path} is read-only`);
    default:
      return refusal('4.05', `${path} has no ${method}`);
  }
}

function membership(resources: DeviceResources): ReadonlyMap<string, readonly string[]> {
  const collections = new Map<string, string[]>();
  for (const { facts } of resources.collections()) {
    for (const member of facts.members) collections.set(member, [...(collections.get(member) ?? []), facts.path]);
  }
  return collections;
}
