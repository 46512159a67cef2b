import { CoapTransport } from '@selvage/coap';
import { type CborInput, type DatagramPort, type PeerAddress, SelvageError } from '@selvage/core';
import type { CertificateList, TrustAnchor } from '@selvage/pki';
import { ocfOptions } from '../payload/content.js';
import { ocfRequest } from '../payload/request.js';
import type { Uuid } from '../uuid/uuid.js';
import { securityFor } from './credentials.js';
import { Discovery, type DiscoveryOptions, type DiscoveryQuery } from './discovery.js';
import type { FoundDevice, ReachableDevice } from './found-device.js';
import type { ClientIdentity } from './identity.js';
import { TurnTaking } from './limiter.js';
import { linkLimits, readLinks, type ResourceLink } from './link.js';
import { answerOf, type OcfAnswer, type OcfRequest } from './request.js';
import { assertRoles } from './role-assertion.js';
import {
  defaultRequestTimeout,
  SecureChannel,
  type SecureChannelOptions,
  type SessionSecurity,
} from './secure-channel.js';
import type { OcfSession, RequestSetting, ResourceListener } from './session.js';

const resourceList = '/oic/res';

/** What an {@link OcfClient} is made of. */
export interface OcfClientOptions<Address extends PeerAddress>
  extends Omit<SecureChannelOptions<Address>, 'port'>,
    Pick<DiscoveryOptions<Address>, 'groups' | 'asks' | 'resolve'> {
  /** For what is not secured: discovery, and devices without an owner. */
  readonly plain: DatagramPort<Address>;
  /** For secured sessions. */
  readonly secured: DatagramPort<Address>;
  readonly identity: ClientIdentity;
  /** Whose certificates are trusted to name devices. */
  readonly anchors?: () => readonly TrustAnchor[];
  /** Lists of certificates that were revoked: devices that show one of those are refused. */
  readonly revocationLists?: (() => readonly CertificateList[]) | undefined;
}

/** How a session is opened. */
export interface SessionSetting {
  /** When the handshake is given up at one address, ms; 20 s by default. */
  readonly timeout?: number | undefined;
}

/**
 * A client of OCF devices: finds them, and reads, changes and observes their resources over secured sessions. A session is
 * opened when it is first needed and kept for all that follows.
 */
export class OcfClient<Address extends PeerAddress> {
  readonly #options: OcfClientOptions<Address>;
  readonly #coap: CoapTransport<Address>;
  readonly #channel: SecureChannel<Address>;
  readonly #sessions = new Map<Uuid, OcfSession<Address>>();
  readonly #opening = new TurnTaking();

  constructor(options: OcfClientOptions<Address>) {
    const { plain, secured, clock, entropy } = options;
    this.#options = options;
    this.#coap = new CoapTransport({ port: plain, clock, entropy, understands: ocfOptions, requestTags: false });
    this.#channel = new SecureChannel({ ...options, port: secured });
  }

  /** Looks for devices. @throws SelvageError (rejects) `too-many-requests`, `port-closed`. */
  discover(query: DiscoveryQuery<Address> = {}): Promise<FoundDevice<Address>[]> {
    const { clock, groups, asks, resolve } = this.#options;
    return new Discovery({ clock, coap: this.#coap, groups, asks, resolve }, query).run();
  }

  /**
   * The session with a device: the one that is open, or a new one, by a shared key or by certificates. In the latter the
   * device must be the one that is meant, and the client's roles are shown first.
   * @throws SelvageError (rejects) `not-owned` without credentials for it, `device-not-found` without an address, and with
   *   what the handshake failed of.
   */
  session(to: ReachableDevice<Address>, setting: SessionSetting = {}): Promise<OcfSession<Address>> {
    const open = this.#sessions.get(to.device);
    if (open?.isFresh === true) return Promise.resolve(open);
    return this.#opening.run(to.device, async () => {
      const known = this.#sessions.get(to.device);
      if (known !== undefined && (await known.isAlive())) return known;
      known?.close();
      return this.#newSession(to, setting);
    });
  }

  /**
   * Opens a session that is secured as given, at the first address where that can be, and leaves it to the caller.
   * @throws as {@link OcfClient.session}: what was refused at an address rather than what was not answered.
   */
  async open(to: ReachableDevice<Address>, security: SessionSecurity): Promise<OcfSession<Address>> {
    let failure: SelvageError | undefined;
    for (const address of to.secured) {
      try {
        return await this.#channel.open(address, to.device, security);
      } catch (error) {
        // Anybody may have said that the device is there: it may be at another of its addresses.
        if (!(error instanceof SelvageError) || (security.isGuess === true && !isTimeout(error))) throw error;
        if (failure === undefined || isTimeout(failure)) failure = error;
      }
    }
    throw failure ?? noAddress(to.device);
  }

  /** Forgets the session with a device, closing it. */
  disconnect(device: Uuid): void {
    this.#sessions.get(device)?.close();
    this.#sessions.delete(device);
  }

  /**
   * Reads a resource; resolves with its representation.
   * @throws SelvageError (rejects) `access-refused`, `request-refused`, and as {@link OcfClient.session} and
   *   {@link OcfSession.request}.
   */
  async get(to: ReachableDevice<Address>, path: string, query?: readonly string[]): Promise<OcfAnswer['value']> {
    // What lists links has to be read as leniently here as by whoever asks for the links themselves.
    const setting = path === resourceList ? { limits: linkLimits } : undefined;
    const { value } = await this.#require(to, { method: 'GET', path, query }, setting);
    return value;
  }

  /** Changes a resource; resolves with what the device answers. @throws as {@link OcfClient.get}. */
  async set(
    to: ReachableDevice<Address>,
    path: string,
    value: CborInput,
    query?: readonly string[],
  ): Promise<OcfAnswer['value']> {
    const answer = await this.#require(to, { method: 'POST', path, query, value });
    return answer.value;
  }

  /** Deletes a resource, or what the query names in it. @throws as {@link OcfClient.get}. */
  async delete(to: ReachableDevice<Address>, path: string, query?: readonly string[]): Promise<void> {
    await this.#require(to, { method: 'DELETE', path, query });
  }

  /** Observes a resource; resolves with how to stop. @throws as {@link OcfClient.session}. */
  async observe(to: ReachableDevice<Address>, path: string, listener: ResourceListener): Promise<() => void> {
    const session = await this.session(to);
    return session.observe({ path }, listener);
  }

  /** The links of a device's resources, over its session. @throws as {@link OcfClient.get}. */
  async resources(to: ReachableDevice<Address>, query?: readonly string[]): Promise<ResourceLink[]> {
    const { value } = await this.#require(to, { method: 'GET', path: resourceList, query }, { limits: linkLimits });
    return readLinks(value);
  }

  /**
   * Asks a device unsecured; resolves with its answer, whatever its code.
   * @throws SelvageError (rejects) as {@link OcfSession.request}.
   */
  async plainRequest(to: Address, request: OcfRequest, { limits, timeout }: RequestSetting = {}): Promise<OcfAnswer> {
    const { method, path, query, value } = request;
    const setting = { timeout: timeout ?? this.#options.requestTimeout ?? defaultRequestTimeout };
    return answerOf(await this.#coap.request(to, ocfRequest(method, path, { query, value }), setting), limits);
  }

  /** Closes all sessions and both ports. */
  close(): void {
    this.#sessions.clear();
    this.#channel.close();
    this.#coap.close();
  }

  async #require(to: ReachableDevice<Address>, request: OcfRequest, setting?: RequestSetting): Promise<OcfAnswer> {
    const session = await this.session(to);
    return session.require(request, setting);
  }

  async #newSession(to: ReachableDevice<Address>, { timeout }: SessionSetting): Promise<OcfSession<Address>> {
    const { identity, core, clock, anchors = () => [], revocationLists } = this.#options;
    const security = securityFor(to.device, identity, { core, clock, anchors, revocationLists });
    const session = await this.open(to, { ...security, timeout });
    await assertRoles(session, identity.roles ?? []);
    this.#sessions.set(to.device, session);
    session.onClosed(() => {
      if (this.#sessions.get(to.device) === session) this.#sessions.delete(to.device);
    });
    return session;
  }
}

function noAddress(device: Uuid): SelvageError {
  return new SelvageError('device-not-found', `no secured address of device ${device} is known`, {
    remedy: 'discover it, with the device on the same network',
  });
}

function isTimeout(error: unknown): error is SelvageError {
  return error instanceof SelvageError && error.code === 'handshake-timeout';
}
