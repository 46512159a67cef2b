import { CoapTransport, type ServerRequest, type ServerResponse, SessionPort } from '@selvage/coap';
import type { PeerAddress } from '@selvage/core';
import { nativeCore } from '@selvage/crypto';
import { type DtlsSocket, DtlsTransport } from '@selvage/dtls';
import { newUuid, ocfOptions, ocfResponse, transferMethods, type Uuid } from '../../../src/index.js';
import type { Site } from '../../onboarding/support/site.js';

/** What a device does with a request: an answer, or none at all. */
export type Reply = ServerResponse | 'silence' | 'goodbye';

/**
 * Answers the n-th request over the onboarding connection, from 0, as in `GET /oic/sec/csr`; `undefined` answers as a good
 * device would.
 */
export type Lie = (
  request: number,
  what: string,
  payload: Uint8Array,
) => Reply | undefined | Promise<Reply | undefined>;

/** Something that takes part in an ownership transfer by Just Works, and owns to nothing. */
export class FakeDevice {
  readonly uuid: Uuid;
  readonly requests: string[] = [];
  readonly #name: string;
  readonly #lie: Lie;
  readonly #sessions = new SessionPort<DtlsSocket<PeerAddress>>();

  constructor(site: Site, name: string, lie: Lie) {
    const { clock } = site;
    this.uuid = newUuid(site.entropy(`${name} uuid`));
    this.#name = name;
    this.#lie = lie;
    site.server(name, (request) => this.#unsecured(request));
    const entropy = site.entropy(name);
    const { suites } = transferMethods['just-works'];
    new DtlsTransport<PeerAddress>({
      port: site.network.open(`${name}.secured`),
      clock,
      server: { core: nativeCore, entropy, suites, credentials: {} },
      onSession: (socket) => this.#sessions.add(socket),
    });
    new CoapTransport({
      port: this.#sessions,
      clock,
      entropy,
      understands: ocfOptions,
      handler: (request) => this.#secured(request, request.from.session),
    });
  }

  #unsecured({ method, path }: ServerRequest<PeerAddress>): ServerResponse | undefined {
    if (method === 'POST') return ocfResponse('2.04');
    switch (path) {
      case '/oic/sec/doxm':
        return ocfResponse('2.05', doxmOf(this.uuid));
      case '/oic/res':
        return ocfResponse('2.05', [linkOf(this.uuid, [`coap://${this.#name}`, `coaps://${this.#name}.secured`])]);
      case '/oic/d':
        return ocfResponse('2.05', { n: this.#name, di: this.uuid, piid: this.uuid });
      default:
        return undefined;
    }
  }

  async #secured(
    { method, path, payload }: Pick<ServerRequest<PeerAddress>, 'path' | 'payload'> & { readonly method: string },
    session: DtlsSocket<PeerAddress>,
  ): Promise<ServerResponse> {
    const what = `${method} ${path}`;
    const lie = this.#lie(this.requests.length, what, payload);
    this.requests.push(what);
    const reply = await lie;
    if (reply === 'goodbye') session.close();
    if (reply === 'goodbye' || reply === 'silence') return new Promise(() => undefined);
    return reply ?? ocfResponse(method === 'DELETE' ? '2.02' : '2.04');
  }
}

/** doxm of a device without an owner. */
export function doxmOf(uuid: Uuid, oxms: readonly number[] = [0]) {
  const nobody = '00000000-0000-0000-0000-000000000000';
  return { oxms, oxmsel: 4, sct: 9, owned: false, devowneruuid: nobody, deviceuuid: uuid, rowneruuid: nobody };
}

/** The link to doxm of a device. */
export function linkOf(device: Uuid, endpoints: readonly string[]) {
  const eps = endpoints.map((ep) => ({ ep }));
  return { anchor: `ocf://${device}`, href: '/oic/sec/doxm', rt: ['oic.r.doxm'], if: ['oic.if.rw'], p: { bm: 1 }, eps };
}
