import { readCertificate, readCertificateList, type ChainJudgement, verifyChain } from '@selvage/pki';
import { SelvageError } from '@selvage/core';
import { nativeCore } from '@selvage/crypto';
import { judgedAt, type Shape, shapes, soundChain } from '../support/chains.js';
import { forge, forgeList } from '../support/forge.js';
import { authorityDefects } from './defects/authority.js';
import { constraintDefects } from './defects/constraints.js';
import type { Defect, Place, Scenario, Verdict } from './defects/defect.js';
import { encodingDefects } from './defects/encoding.js';
import { extensionDefects } from './defects/extensions.js';
import { leafDefects } from './defects/leaf.js';
import { nameDefects } from './defects/names.js';
import { revocationDefects } from './defects/revocation.js';
import { signatureDefects } from './defects/signature.js';
import { timeDefects } from './defects/time.js';

/** The defects by what they are about. */
export const groups: Readonly<Record<string, readonly Defect[]>> = {
  time: timeDefects,
  signature: signatureDefects,
  names: nameDefects,
  extensions: extensionDefects,
  authority: authorityDefects,
  leaf: leafDefects,
  'name constraints': constraintDefects,
  encoding: encodingDefects,
  revocation: revocationDefects,
};

/** One chain with one defect in one place. */
export interface Row {
  readonly title: string;
  readonly group: string;
  readonly place: Place;
  readonly expected: Verdict;
  /** Whether the refusal names a certificate below the place, or the one in it. */
  readonly showsBelow: boolean;
  /** Why OpenSSL comes to the other verdict; `undefined` where it must come to ours. */
  readonly difference: string | undefined;
  /** DER, leaf first, without the anchor. */
  readonly chain: readonly Uint8Array[];
  readonly anchor: Uint8Array;
  /** DER. */
  readonly lists: readonly Uint8Array[];
  /** Whether they must decide. */
  readonly needsLists: boolean;
}

/** Every defect in every place of every shape of chain where it can be. */
export function* rows(): Generator<Row> {
  for (const [group, defects] of Object.entries(groups)) {
    for (const defect of defects) {
      for (const shape of shapes) yield* rowsOf(group, defect, shape);
    }
  }
}

function* rowsOf(group: string, defect: Defect, shape: Shape): Generator<Row> {
  for (let position = 0; position <= shape.authorities; position++) {
    const place: Place = { shape, position, where: whereIs(shape, position) };
    if (defect.at?.(place) === false) continue;
    const scenario: Scenario = { chain: soundChain(shape), lists: [] };
    defect.apply(scenario, place);
    const chain = scenario.chain.map(forge);
    const { expected, openssl } = defect;
    yield {
      title: `${shape.name}, ${place.where} ${position}: ${defect.name}`,
      group,
      place,
      expected: typeof expected === 'function' ? expected(place) : expected,
      showsBelow: defect.showsBelow?.(place) ?? false,
      difference: typeof openssl === 'function' ? openssl(place) : openssl,
      chain: chain.slice(0, -1),
      anchor: chain.at(-1) as Uint8Array,
      lists: scenario.lists.map(forgeList),
      needsLists: group === 'revocation',
    };
  }
}

function whereIs({ authorities }: Shape, position: number): Place['where'] {
  if (position === 0) return 'leaf';
  return position === authorities ? 'anchor' : 'intermediate';
}

/** Judges a row. An anchor that cannot be read is refused before anything is judged. */
export function judge({ chain, anchor, lists, needsLists, place }: Row): ChainJudgement {
  try {
    return verifyChain(chain, {
      core: nativeCore,
      anchors: [{ certificate: readCertificate(anchor) }],
      now: judgedAt,
      purpose: place.shape.purpose,
      crls: lists.map(readCertificateList),
      revocation: needsLists ? 'required' : 'where-known',
    });
  } catch (error) {
    if (error instanceof SelvageError) return { accepted: false, error };
    throw error;
  }
}

export function verdictOf(judgement: ChainJudgement): Verdict {
  return judgement.accepted ? 'accepted' : judgement.error.code;
}
