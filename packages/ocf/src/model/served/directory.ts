import { type CborInput, encodeCbor } from '@selvage/core';
import type { InterfaceName } from '../interface.js';
import { type LinkContext, linkOf } from '../link.js';
import { content, type Outcome, refusal } from '../outcome.js';
import { noQuery, type Query } from '../query.js';
import type { ResourceFacts } from '../resource.js';
import type { Requester, Served } from './served.js';
import type { Surroundings } from './surroundings.js';

/** How many answers are kept: one a requester's endpoints, interface and filter. */
const mostAnswers = 16;

const noMatch = refusal('4.00', 'no resource is what was asked for');

/** `/oic/res`: links to all that is discoverable. What strangers ask for most, so its answers are kept. */
export class ServedDirectory implements Served {
  readonly facts: ResourceFacts;
  readonly #surroundings: Surroundings;
  readonly #answers = new Map<string, Outcome>();

  constructor(facts: ResourceFacts, surroundings: Surroundings) {
    this.facts = facts;
    this.#surroundings = surroundings;
  }

  retrieve(name: InterfaceName, query: Query, requester: Requester): Outcome {
    const problem = this.#domainProblem(query) ?? batchProblem(name, requester);
    if (problem !== undefined) return problem;
    return name === 'oic.if.b' ? this.#batch(query, requester) : this.#list(name, query.all('rt'), requester);
  }

  represent(name: InterfaceName, query: Query, requester: Requester): CborInput {
    return this.#links(name, this.#matching(query.all('rt')), requester);
  }

  /** Forgets what was made: something that it says has changed. */
  forget(): void {
    this.#answers.clear();
  }

  #list(name: InterfaceName, types: readonly string[], requester: Requester): Outcome {
    const { coap, coaps } = requester.endpoints;
    const key = [name, requester.openSecurity, coap, coaps, ...types].join(' ');
    let answer = this.#answers.get(key);
    if (answer !== undefined) return answer;
    const resources = this.#matching(types);
    if (resources.length === 0) return noMatch;
    answer = content(encodeCbor(this.#links(name, resources, requester)), false);
    if (this.#answers.size >= mostAnswers) this.#answers.clear();
    this.#answers.set(key, answer);
    return answer;
  }

  #matching(types: readonly string[]): readonly ResourceFacts[] {
    const { resources } = this.#surroundings;
    return resources.filter(
      (one) => one.discoverable && (types.length === 0 || types.some((type) => one.types.includes(type))),
    );
  }

  #links(name: InterfaceName, resources: readonly ResourceFacts[], requester: Requester): CborInput {
    const { facts } = this.#surroundings;
    const { endpoints, openSecurity } = requester;
    const context: LinkContext = { device: facts.device, endpoints, openSecurity };
    const links = resources.map((one) => linkOf(one, context));
    if (name !== 'oic.if.baseline') return links;
    const { types, interfaces } = this.facts;
    const { uuid, name: domain } = facts.domain ?? {};
    return [{ rt: types, if: interfaces, sduuid: uuid, sdname: domain, links }];
  }

  /** What the requester may read of all that is listed. */
  #batch(query: Query, requester: Requester): Outcome {
    const resources = this.#matching(query.all('rt'));
    const readable = resources.filter((one) => one !== this.facts && requester.allows(one, 'GET'));
    const items = readable.flatMap(({ path }) => {
      const served = this.#surroundings.served(path);
      return served === undefined ? [] : [{ href: path, rep: served.represent('oic.if.baseline', noQuery, requester) }];
    });
    return items.length === 0 ? noMatch : content(encodeCbor(items), false);
  }

  /** A request that is for a security domain is only for those who are in it and say so. */
  #domainProblem(query: Query): Outcome | undefined {
    const asked = query.first('sduuid');
    if (asked === undefined || asked.toLowerCase() === this.#surroundings.facts.domain?.uuid) return undefined;
    return refusal('4.00', 'the device is not, or not openly, in that security domain');
  }
}

/** All of a device at once is for those who show who they are. */
function batchProblem(name: InterfaceName, { secured }: Requester): Outcome | undefined {
  return name === 'oic.if.b' && !secured ? refusal('4.00', 'a batch needs a secured connection') : undefined;
}
