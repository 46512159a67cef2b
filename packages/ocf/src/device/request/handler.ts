import type { ServerRequest, ServerResponse } from '@selvage/coap';
import { type PeerAddress, SelvageError } from '@selvage/core';
import { chosenInterface, type ResourceTable } from '../../model/table.js';
import { interfaceAllows, type InterfaceName } from '../../model/interface.js';
import type { Endpoints } from '../../model/link.js';
import type { Change, Outcome } from '../../model/outcome.js';
import { addressesDevice, parseQuery } from '../../model/query.js';
import type { ResourceFacts } from '../../model/resource.js';
import type { Requester } from '../../model/served/served.js';
import { checkNegotiation, readPayload } from '../../payload/request.js';
import { ocfResponse, ocfResponseOf } from '../../payload/response.js';
import { securityPaths, securityResourceOf } from '../../security/paths.js';
import { decideAccess } from '../access/decide.js';
import type { AccessMethod, Connection } from '../access/question.js';
import { accessDenied, type LoggedEvent, notSupported } from '../audit/audit-log.js';
import type { DeviceEvent } from '../events.js';
import type { AttestationResource } from '../resource/attestation.js';
import { connectionOf, type Origin } from './origin.js';
import { peerOf } from '../session/authentication.js';
import { retrieveSecurity } from './retrieve.js';
import { changeSecurity, hasMethod } from './update.js';
import type { SecurityWorld } from './world.js';

/** What requests to a device are served from. */
export interface HandlerWorld<Address extends PeerAddress> extends SecurityWorld<Address> {
  /** The resources of the device as it is now. */
  readonly table: () => ResourceTable;
  readonly endpoints: (from: Address) => Endpoints;
  readonly tell: (event: DeviceEvent) => void;
  /** Makes durable what changes of the application are to outlive a restart, as if they were made. */
  readonly persist: (changes: readonly Change[]) => Promise<void>;
  /** What the device attests with, if it does. */
  readonly attestation: AttestationResource | undefined;
  /** Answers to a group are spread over so long, ms: for doxm, and for all else. */
  readonly ownershipLeisure: number;
  readonly leisure: number;
}

/** What is known of a request whose access was granted. */
interface Granted {
  readonly method: AccessMethod;
  readonly facts: ResourceFacts;
  readonly interface: InterfaceName;
  readonly connection: Connection;
}

const accessMethods: readonly string[] = ['GET', 'POST', 'PUT', 'DELETE'];

/**
 * Serves the requests to a device: what is asked for must exist, have the interface and the method, and be allowed, in
 * this order, as the reference has it. Reads are answered at once from what is durable; changes of security resources
 * wait for their turn, and are judged again then.
 */
export class RequestHandler<Address extends PeerAddress> {
  readonly #world: HandlerWorld<Address>;

  constructor(world: HandlerWorld<Address>) {
    this.#world = world;
  }

  /** @throws SelvageError whose CoAP code answers it */
  handle(
    request: ServerRequest,
    origin: Origin<Address>,
  ): ServerResponse | undefined | Promise<ServerResponse | undefined> {
    if (request.multicast && !this.#isForUs(request)) return undefined;
    checkNegotiation(request);
    const granted = this.#grant(request, origin);
    if ('code' in granted) return granted;
    const response = this.#serve(granted, request, origin);
    if (!request.multicast || response instanceof Promise) return response;
    const { ownershipLeisure, leisure } = this.#world;
    return { ...response, leisure: request.path === securityPaths.doxm ? ownershipLeisure : leisure };
  }

  /** Groups are asked, and never told. */
  #isForUs({ method, query }: ServerRequest): boolean {
    return method === 'GET' && addressesDevice(query, this.#world.keeper.state.deviceuuid);
  }

  #grant(request: ServerRequest, origin: Origin<Address>): Granted | ServerResponse {
    const { method, path, query } = request;
    if (!isAccessMethod(method)) return ocfResponse('4.05');
    const facts = this.#world.table().find(path);
    if (facts === undefined) return ocfResponse('4.04');
    const name = chosenInterface(facts, parseQuery(query));
    if (name === undefined || !interfaceAllows(name, method)) {
      this.#log(notSupported([path, method]));
      return ocfResponse('4.03');
    }
    const connection = this.#connection(origin);
    if (connection !== undefined && this.#allows(connection, facts, method)) {
      return { method, facts, interface: name, connection };
    }
    if (!request.multicast) this.#denied(method, path, origin);
    return ocfResponse('4.01');
  }

  /** A session that does not hold any more is closed, after it was told so. */
  #connection({ session }: Origin<Address>): Connection | undefined {
    const { keeper, clock } = this.#world;
    const connection = connectionOf(session, keeper.state, clock.wallTime());
    if (connection === undefined) clock.wakeAt(clock.now(), () => session?.close());
    return connection;
  }

  #allows(connection: Connection, resource: ResourceFacts, method: AccessMethod): boolean {
    const { keeper, onboarding } = this.#world;
    const { dos: state, rowners, entries } = keeper.state;
    return decideAccess({ method, resource, connection, state, rowners, entries, onboardingOpen: onboarding.isOpen })
      .allowed;
  }

  #denied(method: AccessMethod, path: string, { session, address }: Origin<Address>): void {
    const { keeper, tell } = this.#world;
    const peer = session && peerOf(session.authentication);
    const who = [address.key, ...(peer === undefined ? [] : [peer])];
    this.#log(accessDenied([...who, path, method, keeper.state.dos]));
    tell({ kind: 'denied', method, path, peer });
  }

  #log(event: LoggedEvent): void {
    const { audit, keeper, clock } = this.#world;
    if (audit.log.add(event, keeper.state.filters, clock.wallTime())) audit.touched();
  }

  #serve(granted: Granted, request: ServerRequest, origin: Origin<Address>): ServerResponse | Promise<ServerResponse> {
    if (granted.facts.kind === 'attestation') return this.#attest(granted, request, origin);
    if (granted.facts.kind !== 'security') return this.#serveModel(granted, request, origin);
    return granted.method === 'GET'
      ? this.#retrieveSecurity(granted, request, origin)
      : this.#changeSecurity(granted, request, origin);
  }

  #attest(
    { method }: Granted,
    request: ServerRequest,
    { session }: Origin<Address>,
  ): ServerResponse | Promise<ServerResponse> {
    const { attestation } = this.#world;
    if (attestation === undefined || session === undefined) return ocfResponse('4.04');
    return method === 'POST' ? attestation.answer(readPayload(request), session) : ocfResponse('4.05');
  }

  #retrieveSecurity(
    { facts, interface: chosen }: Granted,
    { query }: ServerRequest,
    origin: Origin<Address>,
  ): ServerResponse | Promise<ServerResponse> {
    const name = securityResourceOf(facts.path) ?? unknownResource(facts);
    return retrieveSecurity({ name, interface: chosen, query: parseQuery(query), origin }, this.#world);
  }

  #changeSecurity(
    { facts, method }: Granted,
    request: ServerRequest,
    origin: Origin<Address>,
  ): ServerResponse | Promise<ServerResponse> {
    const name = securityResourceOf(facts.path) ?? unknownResource(facts);
    if (!hasMethod(name, method)) return ocfResponse('4.05');
    const change = {
      name,
      method: method as 'POST' | 'DELETE',
      query: parseQuery(request.query),
      value: readPayload(request),
      origin,
    };
    return this.#inTurn(facts, method, origin, () => changeSecurity(change, this.#world));
  }

  #serveModel(
    { method, facts, connection }: Granted,
    request: ServerRequest,
    origin: Origin<Address>,
  ): ServerResponse | Promise<ServerResponse> {
    const { table, persist } = this.#world;
    const value = request.payload.length > 0 && method !== 'GET' ? readPayload(request) : undefined;
    const asked = { method, path: facts.path, query: request.query, value };
    const handle = (): Outcome => table().handle(asked, this.#requester(connection, origin.address));
    const outcome = handle();
    if (outcome.changes.some(({ path }) => table().isDurable(path))) {
      return this.#inTurn(facts, method, origin, async () => {
        const again = handle();
        await persist(again.changes);
        return this.#apply(again);
      });
    }
    return this.#apply(outcome);
  }

  #apply({ changes, code, payload, observable }: Outcome): ServerResponse {
    if (changes.length > 0) this.#world.table().apply(changes);
    return ocfResponseOf(code, payload, observable);
  }

  /**
   * Does something in its turn, if it is still allowed then: changes that came before may have taken the right away.
   */
  #inTurn(
    facts: ResourceFacts,
    method: AccessMethod,
    origin: Origin<Address>,
    work: () => Promise<ServerResponse>,
  ): Promise<ServerResponse> {
    return this.#world.keeper.inTurn(() => {
      const connection = this.#connection(origin);
      if (connection !== undefined && this.#allows(connection, facts, method)) return work();
      this.#denied(method, facts.path, origin);
      return ocfResponse('4.01');
    });
  }

  #requester(connection: Connection, address: Address): Requester {
    const { endpoints, keeper, onboarding } = this.#world;
    return {
      endpoints: endpoints(address),
      secured: connection.kind === 'secured',
      openSecurity: keeper.state.dos === 'RFOTM' && !onboarding.isOpen,
      allows: (resource, method) => isAccessMethod(method) && this.#allows(connection, resource, method),
    };
  }
}

function isAccessMethod(method: string): method is AccessMethod {
  return accessMethods.includes(method);
}

function unknownResource({ path }: ResourceFacts): never {
  throw new SelvageError('internal', `${path} is listed as a security resource, and is none`);
}
