import { type CborInput, type CborValue, encodeCbor, SelvageError, within } from '@selvage/core';
import { inWords, misfit } from '../../property/property-type.js';
import { mapOf } from '../../property/record.js';
import type { Values } from '../checked-values.js';
import type { InterfaceName } from '../interface.js';
import { changed, content, type Outcome, refusal, refusalOf } from '../outcome.js';
import type { Query } from '../query.js';
import type { ResourceDefinition } from '../resource.js';
import type { ResourceProperty } from '../resource-property.js';
import type { Requester, Served } from './served.js';

/** A resource that holds properties, with their values. */
export class ServedProperties implements Served {
  readonly facts: ResourceDefinition;
  readonly #properties: ReadonlyMap<string | number, ResourceProperty>;
  readonly #writable: boolean;
  #values: Values;
  /** The answers to requests without a query of their own, by interface. */
  readonly #answers = new Map<InterfaceName, Outcome>();

  constructor(definition: ResourceDefinition) {
    this.facts = definition;
    this.#properties = new Map(Object.entries(definition.properties));
    this.#writable = Object.values(definition.properties).some(({ writable }) => writable);
    this.#values = definition.initial;
  }

  /** The values as they are. */
  get values(): Values {
    return this.#values;
  }

  retrieve(name: InterfaceName, query: Query): Outcome {
    if (this.facts.present !== undefined) return this.#presented(name, query);
    let answer = this.#answers.get(name);
    if (answer === undefined) this.#answers.set(name, (answer = this.#answer(name, query)));
    return answer;
  }

  represent(name: InterfaceName, query: Query, _?: Requester, pending?: Values): CborInput {
    const { facts } = this;
    const current = pending === undefined ? this.#values : { ...this.#values, ...pending };
    const values = facts.present === undefined ? current : facts.present(current, query);
    const result: Record<string, CborInput> = {};
    if (name === 'oic.if.baseline') Object.assign(result, commonOf(facts));
    for (const [key, { type }] of this.#properties) {
      const value = values[key as string];
      if (value !== undefined) result[key] = type.write(value);
    }
    return result;
  }

  update(_: InterfaceName, value: CborValue): Outcome {
    if (!this.#writable) return refusal('4.05', `${this.facts.path} is read-only`);
    let named: readonly string[] = [];
    try {
      const update = this.#read(value);
      named = Object.keys(update);
      const values = this.facts.update?.(update, this.#values) ?? update;
      return changed([{ path: this.facts.path, values }], this.#shown(named, values));
    } catch (error) {
      const refused = refusalOf(error);
      return named.length === 0 ? refused : { ...refused, payload: this.#shown(named, {}) };
    }
  }

  apply(values: Values): void {
    this.#values = { ...this.#values, ...values };
    this.#answers.clear();
  }

  /** The values on the wire, those that are `pending` counted as made. */
  stored(pending: Values): CborInput {
    const values = { ...this.#values, ...pending };
    const present = Object.keys(values).filter((name) => values[name] !== undefined);
    return Object.fromEntries(present.map((name) => [name, this.#write(name, values[name])]));
  }

  /** Takes back what {@link stored} gave. What does not fit the declaration any more is left as it is. */
  restore(value: CborValue): void {
    if (!(value instanceof Map)) return;
    for (const [name, item] of value as ReadonlyMap<string | number, CborValue>) {
      const property = this.#properties.get(name);
      const read = property && tolerantly(() => property.type.read(item));
      if (read !== undefined) this.apply({ [name]: read });
    }
  }

  #presented(name: InterfaceName, query: Query): Outcome {
    try {
      return this.#answer(name, query);
    } catch (error) {
      return refusalOf(error);
    }
  }

  #answer(name: InterfaceName, query: Query): Outcome {
    return content(encodeCbor(this.represent(name, query)), this.facts.observable);
  }

  #read(value: CborValue): Values {
    const update: Record<string, unknown> = {};
    for (const [name, item] of mapOf(value)) {
      const property = this.#properties.get(name);
      if (property === undefined) throw misfit(`${inWords(name)} is no property of ${this.facts.path}`);
      if (!property.writable) throw misfit('is read-only').within(String(name));
      update[name] = readOne(property, item, String(name));
    }
    if (Object.keys(update).length === 0) throw misfit('the update names no property');
    return update;
  }

  /** The properties that an update named, as they are after it. */
  #shown(names: readonly string[], values: Values): Uint8Array {
    const after = { ...this.#values, ...values };
    const shown = names.filter((name) => after[name] !== undefined);
    return encodeCbor(Object.fromEntries(shown.map((name) => [name, this.#write(name, after[name])])));
  }

  #write(name: string, value: unknown): CborInput {
    return (this.#properties.get(name) as ResourceProperty).type.write(value);
  }
}

function commonOf({ name, types, interfaces }: ResourceDefinition): Record<string, CborInput> {
  return { n: name, rt: types, if: interfaces };
}

function readOne({ type }: ResourceProperty, item: CborValue, name: string): unknown {
  try {
    return type.read(item);
  } catch (error) {
    throw within(error, name);
  }
}

function tolerantly<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof SelvageError) return undefined;
    throw error;
  }
}
