import { type CborInput, type CborValue, encodeCbor } from '@selvage/core';
import { anything } from '../../property/anything.js';
import { listOf } from '../../property/list.js';
import type { Valued } from '../../property/property-type.js';
import { record } from '../../property/record.js';
import { text } from '../../property/text.js';
import type { CollectionDefinition } from '../collection.js';
import { interfaceAllows, type InterfaceName } from '../interface.js';
import { memberLinkOf } from '../link.js';
import { type Change, changed, content, noChanges, type Outcome, refusal, refusalOf, valuesAt } from '../outcome.js';
import { noQuery, type Query } from '../query.js';
import type { Requester, Served } from './served.js';
import type { Surroundings } from './surroundings.js';

const batchUpdate = listOf(record({ href: text(), rep: anything }, { unknown: 'ignore' }), { minimum: 1 });
type BatchItem = Valued<typeof batchUpdate>[number];

/** A collection or an atomic measurement: links to its members, or all of them at once. */
export class ServedCollection implements Served {
  readonly facts: CollectionDefinition;
  readonly #surroundings: Surroundings;

  constructor(definition: CollectionDefinition, surroundings: Surroundings) {
    this.facts = definition;
    this.#surroundings = surroundings;
  }

  retrieve(name: InterfaceName, query: Query, requester: Requester): Outcome {
    const payload = encodeCbor(this.represent(name, query, requester));
    const members = this.#members(query);
    if (name === 'oic.if.b' && this.#readable(members, requester).length < members.length) {
      return refusal('4.04', 'not every member may be read', payload);
    }
    return content(payload, this.facts.observable);
  }

  represent(name: InterfaceName, query: Query, requester: Requester): CborInput {
    const members = this.#members(query);
    if (name === 'oic.if.b') return batchOf(this.#readable(members, requester), requester);
    const { endpoints, openSecurity } = requester;
    const context = { device: this.#surroundings.facts.device, endpoints, openSecurity };
    const links = members.map(({ facts }) => memberLinkOf(facts, context));
    return name === 'oic.if.ll' ? links : this.#baseline(links);
  }

  /**
   * What a batch of updates would change: each item goes to the member it names, one without a name to all members. Those
   * that can be made are made; where any cannot, the code says so, and the state of all members follows.
   */
  update(name: InterfaceName, value: CborValue, _: Query, requester: Requester): Outcome {
    if (name !== 'oic.if.b' || this.facts.atomic)
      return refusal('4.05', `${this.facts.path} has nothing to update there`);
    try {
      const items = batchUpdate.read(value);
      const results = items.flatMap((item) => this.#updateItem(item, requester));
      return this.#together(results, requester);
    } catch (error) {
      return refusalOf(error);
    }
  }

  #updateItem({ href, rep }: BatchItem, requester: Requester): Outcome[] {
    const members = this.#members(noQuery).filter(({ facts }) => href === '' || facts.path === href);
    if (members.length === 0) return [refusal('4.04', 'a batch names what is no member')];
    return members.map((member) => updateMember(member, rep, requester));
  }

  #together(results: readonly Outcome[], requester: Requester): Outcome {
    const changes = results.flatMap((one) => one.changes);
    const refused = results.find(({ reason }) => reason !== undefined);
    const after = this.#readable(this.#members(noQuery), requester);
    const payload = encodeCbor(batchOf(after, requester, changes));
    if (refused === undefined) return changed(changes, payload);
    return { ...refusal('4.03', refused.reason as string, payload), changes };
  }

  #members(query: Query): readonly Served[] {
    const types = query.all('rt');
    const members = this.#all();
    if (types.length === 0) return members;
    return members.filter(({ facts }) => types.some((type) => facts.types.includes(type)));
  }

  #all(): readonly Served[] {
    return this.facts.members.map((path) => this.#surroundings.served(path) as Served);
  }

  /** Members of a measurement are read by its own permission, those of a collection each by theirs. */
  #readable(members: readonly Served[], requester: Requester): readonly Served[] {
    return this.facts.atomic ? members : members.filter(({ facts }) => requester.allows(facts, 'GET'));
  }

  #baseline(links: readonly CborInput[]): CborInput {
    const { name, types, interfaces, mandatoryTypes } = this.facts;
    const rts = [...new Set(this.#all().flatMap(({ facts }) => facts.types))];
    return { n: name, rt: types, if: interfaces, rts, 'rts-m': mandatoryTypes, links };
  }
}

function batchOf(members: readonly Served[], requester: Requester, changes: readonly Change[] = noChanges): CborInput {
  return members.map((member) => {
    const { path, interfaces } = member.facts;
    const rep = member.represent(interfaces[0] as InterfaceName, noQuery, requester, valuesAt(path, changes));
    return { href: path, rep };
  });
}

function updateMember(member: Served, value: CborValue, requester: Requester): Outcome {
  const { facts } = member;
  const [name] = facts.interfaces as [InterfaceName];
  if (!requester.allows(facts, 'POST')) return refusal('4.03', `${facts.path} may not be updated`);
  if (member.update === undefined || !interfaceAllows(name, 'POST')) {
    return refusal('4.05', `${facts.path} has nothing to update`);
  }
  return member.update(name, value, noQuery, requester);
}
