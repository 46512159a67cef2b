import type { ServerResponse } from '@selvage/coap';
import { type CborInput, type PeerAddress, SelvageError } from '@selvage/core';
import { securityResources } from '../resource/facts.js';
import type { InterfaceName } from '../../model/interface.js';
import type { Query } from '../../model/query.js';
import { ocfResponse } from '../../payload/response.js';
import { writeAcl2 } from '../../security/acl2.js';
import { writeAel } from '../../security/ael.js';
import { writeCred } from '../../security/cred.js';
import { encodings } from '../../security/credential.js';
import { writeCsr } from '../../security/csr.js';
import { writeDoxm } from '../../security/doxm.js';
import type { SecurityResourceName } from '../../security/paths.js';
import { writePstat } from '../../security/pstat.js';
import { writeRoles } from '../../security/roles.js';
import { writeSdi } from '../../security/sdi.js';
import { writeSp } from '../../security/sp.js';
import { acl2Of } from '../resource/acl2.js';
import { aelOf } from '../resource/ael.js';
import { credOf } from '../resource/cred.js';
import { doxmOf } from '../resource/doxm.js';
import { pstatOf } from '../resource/pstat.js';
import { sdiOf, spOf } from '../resource/settings.js';
import { rolesOfSession } from '../session/roles.js';
import type { Origin } from './origin.js';
import type { SecurityWorld } from './world.js';

/** A request to read a security resource, whose access was granted. */
export interface SecurityRetrieval<Address extends PeerAddress> {
  readonly name: SecurityResourceName;
  readonly interface: InterfaceName;
  readonly query: Query;
  readonly origin: Origin<Address>;
}

/**
 * Answers a request to read a security resource. Only `csr` may take its time: it is signed.
 * @throws SelvageError `invalid-value` (4.00) for a query that the device does not meet
 */
export function retrieveSecurity<Address extends PeerAddress>(
  retrieval: SecurityRetrieval<Address>,
  world: SecurityWorld<Address>,
): ServerResponse | Promise<ServerResponse> {
  if (retrieval.name === 'csr') return certificateRequest(retrieval, world);
  const representation = represent(retrieval, world);
  const observable = retrieval.name === 'pstat';
  return { ...ocfResponse('2.05', inInterface(retrieval, representation)), observable };
}

async function certificateRequest<Address extends PeerAddress>(
  retrieval: SecurityRetrieval<Address>,
  { ownKey, keeper }: SecurityWorld<Address>,
): Promise<ServerResponse> {
  const csr = await ownKey.certificateRequest(keeper.state.deviceuuid);
  return ocfResponse('2.05', inInterface(retrieval, writeCsr({ csr, encoding: encodings.pem })));
}

function represent<Address extends PeerAddress>(
  { name, query, origin }: SecurityRetrieval<Address>,
  { keeper, methods, built, audit }: SecurityWorld<Address>,
): CborInput {
  const { state } = keeper;
  switch (name) {
    case 'doxm':
      checkOwned(query, state.owned);
      return writeDoxm(doxmOf(state, methods));
    case 'pstat':
      return writePstat(pstatOf(state));
    case 'cred':
      return writeCred(credOf(state, built, idIn(query, 'credid')));
    case 'acl2':
      return writeAcl2(acl2Of(state, idIn(query, 'aceid')));
    case 'roles':
      return writeRoles(rolesOfSession(origin.session?.roles ?? []));
    case 'sp':
      return writeSp(spOf(state));
    case 'sdi':
      return writeSdi(sdiOf(state));
    case 'ael':
      return writeAel(aelOf(state, audit.log));
    case 'csr':
      throw new SelvageError('internal', 'a certificate request is signed before it is shown');
  }
}

/** The baseline interface shows the common properties too. */
function inInterface<Address extends PeerAddress>(
  { name, interface: chosen }: SecurityRetrieval<Address>,
  representation: CborInput,
): CborInput {
  if (chosen !== 'oic.if.baseline') return representation;
  const facts = securityResources[name];
  return { rt: facts.types, if: facts.interfaces, ...(representation as Record<string, CborInput>) };
}

/** `?owned=` asks only those who are, or are not; case does not matter. */
function checkOwned(query: Query, owned: boolean): void {
  const asked = query.first('owned')?.toLowerCase();
  if (asked === undefined || asked === String(owned)) return;
  throw new SelvageError('invalid-value', `the device does not match owned=${asked}`);
}

/** The ID in a query; `undefined` where there is none. One that is no number is nobody's. */
export function idIn(query: Query, name: string): number | undefined {
  const text = query.first(name);
  if (text === undefined) return undefined;
  return /^\d{1,10}$/.test(text) ? Number(text) : -1;
}
