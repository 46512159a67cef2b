/** The requests of an ownership transfer, in the reference's order. */
import type { SecurityDomain } from '../../model/device-facts.js';
import { permissions } from '../../security/access-entry.js';
import { writeAcl2Update } from '../../security/acl2.js';
import { writeCredUpdate } from '../../security/cred.js';
import { credentialTypes, encodings } from '../../security/credential.js';
import { type DeviceStateName, deviceStates } from '../../security/device-state.js';
import { writeDoxmUpdate } from '../../security/doxm.js';
import { securityPaths } from '../../security/paths.js';
import { writePstatUpdate } from '../../security/pstat.js';
import { writeSdi } from '../../security/sdi.js';
import { type TransferMethod, transferMethods } from '../../security/transfer-method.js';
import type { Uuid } from '../../uuid/uuid.js';
import type { Step } from '../step.js';

const { doxm, pstat, acl2, cred, sdi, sp, csr } = securityPaths;

/** Operational mode: single service, client directed. */
const clientDirected = 4;

/** The security domain that the tool's devices belong to. */
export interface OwnerDomain extends SecurityDomain {
  /** Whether devices keep it to themselves; false by default. */
  readonly isPrivate?: boolean | undefined;
}

/** Whose the device becomes, and what it is named. */
export interface NewOwnership {
  readonly owner: Uuid;
  readonly device: Uuid;
  readonly domain: OwnerDomain;
}

/** Over the unsecured port: what the device says of its ownership. */
export const readOwnership: Step = {
  name: 'read the ownership of the device (doxm)',
  request: { method: 'GET', path: doxm },
};

/** Over the unsecured port: after this the device takes one onboarding connection by the method. */
export function chooseMethodStep(method: TransferMethod): Step {
  return {
    name: `choose the owner transfer method ${method} (doxm.oxmsel)`,
    request: { method: 'POST', path: doxm, value: writeDoxmUpdate({ oxmsel: transferMethods[method].number }) },
  };
}

/** The owner is named everywhere, and the device gets its UUID. Until RFPRO all is undone when the connection ends. */
export function claimSteps({ owner, device }: NewOwnership): Step[] {
  const rowner = { rowneruuid: owner };
  return [
    {
      name: 'set the operational mode (pstat.om)',
      request: { method: 'POST', path: pstat, value: writePstatUpdate({ om: clientDirected }) },
    },
    {
      name: 'name the new owner (doxm.devowneruuid)',
      request: { method: 'POST', path: doxm, value: writeDoxmUpdate({ devowneruuid: owner }) },
    },
    {
      name: 'name the device (doxm.deviceuuid)',
      request: { method: 'POST', path: doxm, value: writeDoxmUpdate({ deviceuuid: device }) },
    },
    {
      name: 'become the owner of doxm (rowneruuid)',
      request: { method: 'POST', path: doxm, value: writeDoxmUpdate(rowner) },
    },
    {
      name: 'become the owner of acl2 (rowneruuid)',
      request: { method: 'POST', path: acl2, value: writeAcl2Update(rowner) },
    },
    {
      name: 'become the owner of pstat (rowneruuid)',
      request: { method: 'POST', path: pstat, value: writePstatUpdate(rowner) },
    },
  ];
}

/** From the first of these on the device has derived the owner's key. */
export function ownSteps({ owner, domain }: NewOwnership): Step[] {
  const ownerCredential = {
    credtype: credentialTypes.symmetricPairwise,
    subjectuuid: owner,
    privatedata: { data: new Uint8Array(0), encoding: encodings.raw },
  };
  const { uuid, name, isPrivate = false } = domain;
  return [
    {
      name: 'establish the owner credential (cred)',
      request: { method: 'POST', path: cred, value: writeCredUpdate({ creds: [ownerCredential], rowneruuid: owner }) },
    },
    {
      name: 'enter the security domain (sdi)',
      request: { method: 'POST', path: sdi, value: writeSdi({ uuid, name, priv: isPrivate }) },
      tolerates: '4.04',
    },
    {
      name: 'declare the device owned (doxm.owned)',
      request: { method: 'POST', path: doxm, value: writeDoxmUpdate({ owned: true }) },
    },
  ];
}

/**
 * What the device allows before anything else is provisioned: its owner, and everybody to discover it.
 * @param hasDomain whether the device told that it has `/oic/sec/sdi`
 */
export function firstAccessSteps(owner: Uuid, hasDomain = true): Step[] {
  const { retrieve, update, delete: remove } = permissions;
  const discovery = ['/oic/d', '/oic/p', '/oic/res', ...(hasDomain ? [sdi] : [])].map((href) => ({ href }));
  const aclist2 = [
    { subject: { uuid: owner }, resources: [{ href: sp }], permission: retrieve | update | remove },
    { subject: { uuid: owner }, resources: [{ href: csr }], permission: retrieve },
    { subject: { conntype: 'anon-clear' }, resources: discovery, permission: retrieve },
  ] as const;
  return [
    { name: 'clear the access control list (acl2)', request: { method: 'DELETE', path: acl2 } },
    {
      name: 'write the first access control entries (acl2)',
      request: { method: 'POST', path: acl2, value: writeAcl2Update({ aclist2 }) },
    },
  ];
}

/** Has the device change its state. */
export function enterStep(state: DeviceStateName): Step {
  return {
    name: `enter ${state} (pstat.dos)`,
    request: { method: 'POST', path: pstat, value: writePstatUpdate({ dos: { s: deviceStates[state] } }) },
  };
}
