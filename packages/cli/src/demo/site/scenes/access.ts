import { SelvageError } from '@selvage/core';
import { nativeCore } from '@selvage/crypto';
import {
  type AccessEntry,
  type AccessEntryInput,
  type Credential,
  credentialUsages,
  permissions,
  type ProvisioningTask,
  securityPaths,
  type Uuid,
} from '@selvage/ocf';
import { decodePem, ocfIdentityPurpose, readCertificate, verifyChain } from '@selvage/pki';
import { isSameSubject, subjectText } from '../../../ocf/language/subject.js';
import { parseRights, rightsText } from '../../../ocf/language/rights.js';
import { readAccess } from '../../../ocf/verbs/access.js';
import type { AccessRow } from '../events.js';
import { needs, watched } from '../roster.js';
import { calledOnStage, deviceOf, type Stage } from '../stage.js';

/** Each device's job needs a little; that is granted, and read back from the devices. */
export async function accessScene(stage: Stage): Promise<void> {
  const { screen, expectations, players } = stage;
  screen.tell({
    event: 'scene',
    title: 'Least access',
    text: `Each device has an identity certificate of its owner's own authority. What its job needs is granted by that
      name; all else is refused. Read back from the devices, this is who may do what:`,
  });
  const owned = [...players.values()].filter((one) => one.owned !== undefined);
  await Promise.all(owned.map(({ name }) => grantNeeds(stage, name)));
  const lists = await Promise.all(owned.map(({ name }) => accessOf(stage, name)));
  screen.tell({ event: 'access', who: columns(stage), devices: lists.map(({ row }) => row) });
  for (const { row } of lists) rememberRights(stage, row);
  expectations.observe(
    'what was granted is in force, and nothing else is',
    lists.length > 0 && lists.every(({ isAsGranted }) => isAsGranted),
  );
  const certified = await Promise.all(owned.map(({ name }) => isCertified(stage, name)));
  expectations.observe(
    "each has a certificate that names it and leads to the owner's root",
    certified.length > 0 && certified.every((one) => one),
  );
}

function grantNeeds(stage: Stage, device: string): Promise<unknown> {
  const entries = [...grantsFor(stage, device), ...(device === watched ? [auditGrant(stage)] : [])];
  if (entries.length === 0) return Promise.resolve();
  const tasks: ProvisioningTask[] = [{ kind: 'access', entries }];
  return stage.owner.tool.provisioning.run(deviceOf(stage, device), tasks);
}

/** The entries that the needs come to. */
function grantsFor(stage: Stage, device: string): AccessEntryInput[] {
  return needs
    .filter((need) => need.device === device && stage.players.get(need.who)?.owned !== undefined)
    .map(({ who, path, rights }) => ({
      subject: { uuid: deviceOf(stage, who) },
      resources: [{ href: path }],
      permission: parseRights(rights),
    }));
}

/** The owner may read what a device logs of attempts to do what is not allowed. */
function auditGrant({ owner }: Stage): AccessEntryInput {
  return {
    subject: { uuid: owner.site.settings.owner },
    resources: [{ href: securityPaths.ael }],
    permission: permissions.retrieve,
  };
}

/** Who can have rights at all, in the order of the table. */
function columns(stage: Stage): string[] {
  return [stage.owner.nameOf(stage.owner.site.settings.owner), ...new Set(needs.map(({ who }) => who)), 'anyone'];
}

interface DeviceAccess {
  readonly row: AccessRow;
  readonly isAsGranted: boolean;
}

async function accessOf(stage: Stage, name: string): Promise<DeviceAccess> {
  const { owner } = stage;
  const device = deviceOf(stage, name);
  // What the site notes of it then is what `selvage devices` tells.
  const entries = (await readAccess(owner, owner.called(device))).filter(isOfApplication);
  const rights: Record<string, string> = {};
  for (const { subject, permission } of entries) {
    const who = subjectText(subject, (device) => calledOnStage(stage, device));
    rights[who] = [rights[who], rightsText(permission)].filter((text) => text !== undefined).join(', ');
  }
  return { row: { device: name, rights }, isAsGranted: isAsGranted(stage, name, entries) };
}

/** Whether the entries are those of the owner and of the needs, one each. */
function isAsGranted(stage: Stage, name: string, entries: readonly AccessEntry[]): boolean {
  const owner = stage.owner.site.settings.owner;
  const [own, ...others] = [
    entries.filter((entry) => isSameSubject(entry.subject, { uuid: owner })),
    ...grantsFor(stage, name).map((grant) => entries.filter((entry) => isSame(entry, grant))),
  ];
  const expected = [own, ...others].every((matching) => matching?.length === 1);
  return expected && entries.length === 1 + others.length;
}

function isSame(entry: AccessEntry, grant: AccessEntryInput): boolean {
  return (
    isSameSubject(entry.subject, grant.subject) &&
    entry.permission === grant.permission &&
    JSON.stringify(entry.resources) === JSON.stringify(grant.resources)
  );
}

/** Entries for resources that are not the core's and not those of security. */
function isOfApplication({ resources }: AccessEntry): boolean {
  return resources.some((resource) => 'wc' in resource || !resource.href.startsWith('/oic/'));
}

function rememberRights({ players, owner }: Stage, { device, rights }: AccessRow): void {
  const player = players.get(device);
  const own = owner.nameOf(owner.site.settings.owner);
  const others = Object.fromEntries(Object.entries(rights).filter(([who]) => who !== own));
  if (player !== undefined) players.set(device, { ...player, rights: others });
}

async function isCertified(stage: Stage, name: string): Promise<boolean> {
  const device = deviceOf(stage, name);
  const credentials = await stage.owner.tool.provisioning.credentials(device);
  const identity = credentials.find(({ credusage }) => credusage === credentialUsages.identity);
  return identity !== undefined && leadsToRoot(stage, device, identity);
}

function leadsToRoot({ owner, surface }: Stage, device: Uuid, { publicdata }: Credential): boolean {
  const { certificate, chain } = owner.site.authority;
  const root = chain.at(-1);
  const anchors = [{ certificate: root === undefined ? certificate : readCertificate(root) }];
  const now = surface.clock.wallTime();
  try {
    const shown = decodePem('CERTIFICATE', textOf(publicdata?.data));
    return verifyChain(shown, { core: nativeCore, anchors, now, purpose: ocfIdentityPurpose, device }).accepted;
  } catch (error) {
    if (error instanceof SelvageError) return false;
    throw error;
  }
}

function textOf(data: string | Uint8Array | undefined): string {
  return typeof data === 'string' ? data : new TextDecoder().decode(data);
}
