import { CoapTransport, type ServerRequest, type ServerResponse, SessionPort } from '@selvage/coap';
import { type CborMap, type CborValue, decodeCbor, fromHex, type PeerAddress, Secret, toHex } from '@selvage/core';
import { SeededEntropy } from '@selvage/core/virtual';
import type { KeyHome } from '@selvage/crypto';
import { type DtlsConfiguration, type DtlsSocket, DtlsTransport } from '@selvage/dtls';
import { encodePem, makeCertificateRequest } from '@selvage/pki';
import {
  certificateSuites,
  ocfOptions,
  ocfResponse,
  ownerKey,
  parseUuid,
  pinHint,
  pinKey,
  pskSuites,
  securityPaths,
  type TransferMethod,
  transferMethodOf,
  transferMethods,
  type Uuid,
  uuidBytes,
} from '../../../src/index.js';
import { coapOptions } from '../../support/captured-options.js';
import type { Certified } from './certificates.js';
import { type Difference, differences } from './compare.js';
import type { CapturedExchange, CapturedResponse } from './flows.js';
import type { LabWorld } from './lab-world.js';
import type { Renaming } from './renaming.js';
import { summary } from './summary.js';

/** Where our tool asks otherwise than the reference's did. */
export interface RequestFinding extends Difference {
  readonly frame: number;
  readonly request: string;
}

export interface StandInOptions {
  readonly world: LabWorld;
  readonly name: string;
  readonly renaming: Renaming;
  /** What it is called before anybody has named it. */
  readonly uuid: Uuid;
  readonly keys: KeyHome;
  /** What it was asked at other times. */
  readonly elsewhere: readonly CapturedExchange[];
  readonly pin?: string;
  /** How it takes sessions, where it is owned and asked by others than its owner. */
  readonly sessions?: Pick<DtlsConfiguration, 'suites' | 'credentials' | 'clientAuthentication'>;
  readonly manufacturer?: Certified;
}

type Request = ServerRequest<PeerAddress>;

/**
 * Answers our tool as the captured device answered the reference's, request by request, and notes where ours asks for
 * something else. What the tool named and chose itself is given back in its own words.
 */
export class StandInDevice {
  readonly findings: RequestFinding[] = [];
  readonly address: { readonly plain: PeerAddress; readonly secured: PeerAddress; readonly group: PeerAddress };
  /** How many requests were those that it expected. */
  answered = 0;
  readonly #options: StandInOptions;
  #script: CapturedExchange[] = [];
  #method: TransferMethod = 'just-works';
  #uuid: Uuid;
  #owner: Uuid | undefined;
  #ownerKey: Secret | undefined;
  #session: DtlsSocket<PeerAddress> | undefined;
  #isOwned = false;

  constructor(options: StandInOptions) {
    this.#options = options;
    this.#uuid = options.uuid;
    const { name, world, keys } = options;
    const { clock, network } = world;
    const entropy = new SeededEntropy(`${name} as it was captured`);
    const common = { clock, entropy, understands: ocfOptions, notifications: 'NON' as const };
    const ports = ['plain', 'secured', 'group'].map((kind) => network.open(`${name} ${kind}`));
    const [plain, secured, group] = ports as [(typeof ports)[0], (typeof ports)[0], (typeof ports)[0]];
    this.address = { plain: plain.address, secured: secured.address, group: group.address };
    new CoapTransport<PeerAddress>({ ...common, port: plain, groupPorts: [group], handler: (one) => this.#plain(one) });
    const sessions = new SessionPort<DtlsSocket<PeerAddress>>();
    new CoapTransport({ ...common, port: sessions, handler: (one) => this.#secured(one, one.from.session) });
    new DtlsTransport<PeerAddress>({
      port: secured,
      clock,
      server: { core: world.core, entropy, select: () => this.#configuration(entropy) },
      judge: () => ({ accepted: true }),
      sign: ({ key, hash, message }) => keys.sign({ handle: key, hash, message }),
      onSession: (socket) => {
        this.#session = socket;
        sessions.add(socket);
      },
    });
  }

  /** What the device is now called. */
  get uuid(): Uuid {
    return this.#uuid;
  }

  /** Is as if it had just been reset: nobody's, and called otherwise. */
  reset(uuid: Uuid): void {
    this.#session?.close();
    this.#isOwned = false;
    this.#uuid = uuid;
  }

  /** Takes on what it is to be asked next. */
  expect(exchanges: readonly CapturedExchange[]): void {
    this.#script = [...exchanges];
  }

  /** What it has not been asked. */
  get left(): readonly string[] {
    return this.#script.map(requestName);
  }

  #plain(request: Request): Promise<ServerResponse | undefined> {
    return this.#answer(request, 'coap');
  }

  #secured(request: ServerRequest, session: DtlsSocket<PeerAddress>): Promise<ServerResponse | undefined> {
    this.#session = session;
    return this.#answer(request, 'coaps');
  }

  async #answer(request: ServerRequest, over: string): Promise<ServerResponse | undefined> {
    const asked = `${over} ${request.method} ${request.path}${request.query.map((one) => `?${one}`).join('')}`;
    const at = this.#script.findIndex((one) => this.#isExpected(request, over, one));
    if (at < 0 && request.multicast) return undefined;
    const expected = this.#script[at] ?? this.#elsewhere(request, over);
    if (expected === undefined) {
      this.#note(0, asked, [{ path: 'asked', theirs: 'nothing', ours: asked }]);
      return { code: '4.04' };
    }
    if (at < 0) this.#note(expected.frame, asked, [{ path: 'asked besides', theirs: 'nothing', ours: asked }]);
    for (const left of this.#script.splice(0, at + 1).slice(0, -1)) {
      this.#note(left.frame, requestName(left), [{ path: 'left out', theirs: requestName(left), ours: 'nothing' }]);
    }
    if (at >= 0) {
      this.answered++;
      this.#note(expected.frame, asked, this.#compare(request, expected));
    }
    this.#learn(request);
    const [response] = expected.responses;
    if (response === undefined) return new Promise(() => undefined);
    return request.path === securityPaths.csr ? this.#request() : this.#response(response);
  }

  /** What the reference's tool asked another time, for the answer. */
  #elsewhere(request: ServerRequest, over: string): CapturedExchange | undefined {
    return this.#options.elsewhere.find((one) => this.#isExpected(request, over, one));
  }

  #note(frame: number, request: string, found: readonly Difference[]): void {
    this.findings.push(...found.map((one) => ({ ...one, frame, request })));
  }

  #isExpected({ method, path, query }: ServerRequest, over: string, expected: CapturedExchange): boolean {
    const isSame = method === expected.method && path === expected.path && over === expected.over;
    return isSame && query.join('&') === expected.query.join('&');
  }

  #compare({ options, payload }: ServerRequest, expected: CapturedExchange): readonly Difference[] {
    const isPath = ({ number }: { number: number }): boolean => number === 11 || number === 15;
    const [theirs, ours] = [coapOptions(expected.options), options.filter((one) => !isPath(one))].map(optionTexts);
    const difference = theirs === ours ? [] : [{ path: 'options', theirs, ours }];
    const hex = toHex(payload);
    if (hex === '' || expected.payload === '') {
      return hex === expected.payload
        ? difference
        : [...difference, { path: 'payload', theirs: expected.payload, ours: hex }];
    }
    const { renaming } = this.#options;
    return [...difference, ...differences(decodeCbor(fromHex(expected.payload)), decodeCbor(payload), renaming)];
  }

  #learn({ method, payload }: ServerRequest): void {
    const body: CborValue = method === 'POST' && payload.length > 0 ? decodeCbor(payload) : undefined;
    if (!(body instanceof Map)) return;
    const map = body as CborMap;
    const selected = map.get('oxmsel');
    if (typeof selected === 'number') this.#method = transferMethodOf(selected) ?? this.#method;
    this.#owner = textOf(map, 'devowneruuid') ?? this.#owner;
    this.#uuid = textOf(map, 'deviceuuid') ?? this.#uuid;
    if (map.get('owned') === true) this.#isOwned = true;
    if (summary(map).keys.some(({ key }) => key.length === 0)) this.#deriveOwnerKey();
  }

  #deriveOwnerKey(): void {
    const { core } = this.#options.world;
    const keyBlock = this.#session?.keyBlock();
    if (keyBlock === undefined || this.#owner === undefined) return;
    this.#ownerKey = ownerKey(core, { keyBlock, method: this.#method, owner: this.#owner, device: this.#uuid });
  }

  #response({ code, options, payload }: CapturedResponse): ServerResponse {
    return {
      code: code as ServerResponse['code'],
      options: coapOptions(options.filter(([name]) => !notForResponses.includes(name))),
      observable: options.some(([name]) => name === 'Observe'),
      ...(payload !== '' && { payload: this.#renamed(fromHex(payload)) }),
    };
  }

  /** A request for a certificate, as the captured ones are, but with the name that our tool gave. */
  async #request(): Promise<ServerResponse> {
    const { keys } = this.#options;
    const key = await keys.generate({ algorithm: 'ecdsa-p256', usages: ['sign'] });
    const der = await makeCertificateRequest([['CN', `uuid:${this.#uuid}`]], { keys, key });
    return ocfResponse('2.05', { csr: encodePem('CERTIFICATE REQUEST', der), encoding: 'oic.sec.encoding.pem' });
  }

  /** The very bytes of the reference, but that whom its tool named goes by the name that ours gave. */
  #renamed(payload: Uint8Array): Uint8Array {
    const text = Buffer.from(payload).toString('latin1');
    const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
    const renamed = text.replace(uuid, (name) => this.#options.renaming.ours('uuid', name));
    return new Uint8Array(Buffer.from(renamed, 'latin1'));
  }

  #configuration(entropy: SeededEntropy): DtlsConfiguration {
    const { core } = this.#options.world;
    const common = { core, entropy, retransmission: { initial: 1000, maximum: 20_000 }, encryptThenMac: false };
    const { sessions } = this.#options;
    if (sessions !== undefined) return { ...common, ...sessions };
    if (this.#isOwned) return { ...common, suites: pskSuites, credentials: this.#ownerCredentials() };
    const { suites } = transferMethods[this.#method];
    const { manufacturer: certificate } = this.#options;
    if (this.#method === 'random-pin') return { ...common, suites, credentials: this.#pinCredentials() };
    if (this.#method === 'just-works') return { ...common, suites, credentials: {} };
    return { ...common, suites: certificateSuites, credentials: certificate === undefined ? {} : { certificate } };
  }

  #ownerCredentials(): DtlsConfiguration['credentials'] {
    const key = this.#ownerKey;
    return {
      identityHint: uuidBytes(this.#uuid),
      keyForIdentity: (identity) => (toHex(identity) === ownerHex(this.#owner) ? key : undefined),
    };
  }

  #pinCredentials(): DtlsConfiguration['credentials'] {
    const { world, pin = '' } = this.#options;
    const key = pinKey(world.core, Secret.text(pin), this.#uuid);
    return { identityHint: pinHint(this.#uuid), keyForIdentity: () => key };
  }
}

/** What CoAP adds itself, and what the reference repeats of the request. */
const notForResponses = ['Observe', 'Accept', 'OCF-Accept-Content-Format-Version'];

function requestName({ over, method, path, query }: CapturedExchange): string {
  return `${over} ${method} ${path}${query.map((one) => `?${one}`).join('')}`;
}

function textOf(map: CborMap, name: string): Uuid | undefined {
  const value = map.get(name);
  return typeof value === 'string' ? parseUuid(value) : undefined;
}

function ownerHex(owner: Uuid | undefined): string {
  return owner === undefined ? '' : toHex(uuidBytes(owner));
}

function optionTexts(options: readonly { readonly number: number; readonly value: Uint8Array }[]): string {
  const transport = [23, 27, 28, 60];
  const kept = options.filter(({ number }) => !transport.includes(number));
  return kept.map(({ number, value }) => `${number}=${toHex(value)}`).join(' ');
}
