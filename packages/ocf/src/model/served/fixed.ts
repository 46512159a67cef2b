import { type CborInput, encodeCbor } from '@selvage/core';
import type { InterfaceName } from '../interface.js';
import { content, type Outcome } from '../outcome.js';
import type { ResourceFacts } from '../resource.js';
import type { Query } from '../query.js';
import type { Requester, Served } from './served.js';

/** A representation, without the common properties. */
export type Represented = (requester: Requester) => Record<string, CborInput>;

/** How many answers are kept: one a requester's endpoints and interface. */
const mostAnswers = 16;

/** A resource that only the device itself changes, such as `/oic/d`: made once, until it is told to forget. */
export class ServedFixed implements Served {
  readonly facts: ResourceFacts;
  readonly #represented: Represented;
  readonly #keyOf: (requester: Requester) => string;
  readonly #answers = new Map<string, Outcome>();

  /** @param keyOf what of a requester the representation depends on */
  constructor(facts: ResourceFacts, represented: Represented, keyOf: (requester: Requester) => string = () => '') {
    this.facts = facts;
    this.#represented = represented;
    this.#keyOf = keyOf;
  }

  retrieve(name: InterfaceName, query: Query, requester: Requester): Outcome {
    const key = `${name} ${this.#keyOf(requester)}`;
    let answer = this.#answers.get(key);
    if (answer !== undefined) return answer;
    answer = content(encodeCbor(this.represent(name, query, requester)), this.facts.observable);
    if (this.#answers.size >= mostAnswers) this.#answers.clear();
    this.#answers.set(key, answer);
    return answer;
  }

  represent(name: InterfaceName, _: Query, requester: Requester): CborInput {
    const { types, interfaces } = this.facts;
    const represented = this.#represented(requester);
    return name === 'oic.if.baseline' ? { rt: types, if: interfaces, ...represented } : represented;
  }

  /** Forgets what was made: something that it says has changed. */
  forget(): void {
    this.#answers.clear();
  }
}
