import { encode, type Instant } from '@selvage/core';
import { type MeshcopTlv, meshcopTlvs } from '../tlv/meshcop-tlvs.js';

/** What the network's data says of its commissioner. */
export type Commissioning =
  | { readonly kind: 'none'; readonly sessionId: number }
  | {
      readonly kind: 'active';
      readonly sessionId: number;
      readonly name: Uint8Array;
      /** The RLOC16 of whoever passes on to it: its border agent, or itself. */
      readonly locator: number;
      /** What it said of who may join. */
      readonly told: readonly MeshcopTlv[];
      readonly until: Instant;
    };

/** Milliseconds without a sign of life after which the leader gives a commissioner up (Thread 1.3 §8.4.3). */
const lifetime = 50_000;

const accepted: MeshcopTlv = { type: 'state', value: 'accept' };
const rejected: MeshcopTlv = { type: 'state', value: 'reject' };
/** What a commissioner may set of the commissioning dataset. */
const settable: readonly MeshcopTlv['type'][] = ['steeringData', 'joinerUdpPort', 'commissionerUdpPort', 'unknown'];

/**
 * The leader's register of the network's one commissioner (Thread 1.3 §8.4.3): the first that petitions has it until it
 * resigns or is not heard of for 50 s; another one is told who has it.
 */
export class CommissionerRegister {
  #commissioning: Commissioning;
  readonly #changed: (tlvs: Uint8Array) => void;

  /**
   * @param sessionId of before the first petition, drawn at random
   * @param changed called with the commissioning TLVs that network data is to have
   */
  constructor(sessionId: number, changed: (tlvs: Uint8Array) => void) {
    this.#commissioning = { kind: 'none', sessionId };
    this.#changed = changed;
  }

  get commissioning(): Commissioning {
    return this.#commissioning;
  }

  get deadline(): Instant {
    return this.#commissioning.kind === 'active' ? this.#commissioning.until : Infinity;
  }

  /** The value of the commissioning TLV of network data. */
  get networkDataTlvs(): Uint8Array {
    return encode(meshcopTlvs, this.#dataset());
  }

  tick(now: Instant): void {
    if (now >= this.deadline) this.#end();
  }

  /** LEAD_PET: the answer. */
  petition(tlvs: readonly MeshcopTlv[], locator: number, now: Instant): readonly MeshcopTlv[] {
    this.tick(now);
    const name = meshcopTlvs.first(tlvs, 'commissionerId');
    const known = this.#commissioning;
    if (known.kind === 'active') {
      const isSame = name !== undefined && known.locator === locator && String(known.name) === String(name);
      // One that petitions again did not hear our answer, or has been started anew.
      if (!isSame) return [rejected, { type: 'commissionerId', value: known.name }];
    }
    if (name === undefined) return [rejected];
    const sessionId = (known.sessionId + 1) & 0xffff;
    this.#set({ kind: 'active', sessionId, name, locator, told: [], until: now + lifetime });
    return [accepted, { type: 'commissionerId', value: name }, { type: 'commissionerSessionId', value: sessionId }];
  }

  /** LEAD_KA: a sign of life, or the end. */
  keepAlive(tlvs: readonly MeshcopTlv[], locator: number, now: Instant): readonly MeshcopTlv[] {
    this.tick(now);
    const known = this.#commissioning;
    if (known.kind === 'none' || !isOf(known, tlvs)) return [rejected];
    if (meshcopTlvs.first(tlvs, 'state') !== 'accept') {
      this.#end();
      return [rejected];
    }
    if (locator === known.locator) this.#commissioning = { ...known, until: now + lifetime };
    else this.#set({ ...known, locator, until: now + lifetime });
    return [accepted];
  }

  /** MGMT_COMMISSIONER_SET: who may join. */
  set(tlvs: readonly MeshcopTlv[], now: Instant): readonly MeshcopTlv[] {
    this.tick(now);
    const known = this.#commissioning;
    if (known.kind === 'none' || !isOf(known, tlvs)) return [rejected];
    const told = tlvs.filter(({ type }) => settable.includes(type));
    const set = tlvs.filter(({ type }) => type !== 'commissionerSessionId' && type !== 'borderAgentLocator');
    if (set.length === 0 || told.length !== set.length) return [rejected];
    this.#set({ ...known, told });
    return [accepted];
  }

  /** MGMT_COMMISSIONER_GET: all, or what was asked for. */
  get(types: readonly number[] | undefined): readonly MeshcopTlv[] {
    const dataset = this.#dataset();
    return types === undefined ? dataset : dataset.filter((tlv) => types.includes(numberOf(tlv)));
  }

  /** Whether a message may change something: it names the session, or no session at all. */
  admits(tlvs: readonly MeshcopTlv[]): boolean {
    const sessionId = meshcopTlvs.first(tlvs, 'commissionerSessionId');
    return (
      sessionId === undefined || (this.#commissioning.kind === 'active' && sessionId === this.#commissioning.sessionId)
    );
  }

  #dataset(): readonly MeshcopTlv[] {
    const { sessionId } = this.#commissioning;
    const session: MeshcopTlv = { type: 'commissionerSessionId', value: sessionId };
    if (this.#commissioning.kind === 'none') return [session];
    const { locator, told } = this.#commissioning;
    return [session, { type: 'borderAgentLocator', value: locator }, ...told];
  }

  #end(): void {
    this.#set({ kind: 'none', sessionId: (this.#commissioning.sessionId + 1) & 0xffff });
  }

  #set(commissioning: Commissioning): void {
    this.#commissioning = commissioning;
    this.#changed(this.networkDataTlvs);
  }
}

function isOf(known: Commissioning, tlvs: readonly MeshcopTlv[]): boolean {
  return meshcopTlvs.first(tlvs, 'commissionerSessionId') === known.sessionId;
}

function numberOf(tlv: MeshcopTlv): number {
  return tlv.type === 'unknown' ? tlv.tag : meshcopTlvs.declarations[tlv.type][0];
}
