import type { Attachment } from '@selvage/device';
import type { DeviceKind, TransferMethod } from '@selvage/ocf';
import type { JoinFailure } from '@selvage/thread';

/** A device of the show. */
export interface RosterDevice {
  readonly name: string;
  readonly kind: DeviceKind;
  /** How it can be owned, the best first. */
  readonly offers: readonly TransferMethod[];
}

/** What one device may do with a resource of another. */
export interface Need {
  readonly who: string;
  readonly device: string;
  readonly path: string;
  readonly rights: string;
}

/** The eight devices of the site. Who has a display shows a PIN, and who costs more has a certificate of its maker. */
export const roster: readonly RosterDevice[] = [
  { name: 'hall-light', kind: 'light', offers: ['manufacturer-certificate', 'just-works'] },
  { name: 'attic-light', kind: 'light', offers: ['just-works'] },
  { name: 'hall-switch', kind: 'switch', offers: ['manufacturer-certificate', 'just-works'] },
  { name: 'attic-switch', kind: 'switch', offers: ['just-works'] },
  { name: 'front-door', kind: 'lock', offers: ['manufacturer-certificate'] },
  { name: 'thermostat', kind: 'thermostat', offers: ['random-pin'] },
  { name: 'hall-sensor', kind: 'sensor', offers: ['just-works'] },
  { name: 'cellar-sensor', kind: 'sensor', offers: ['random-pin', 'just-works'] },
];

/** What devices are on a mesh that are not only its children: those on the mains are routers, and those on a battery sleep. */
export const attachments: ReadonlyMap<string, Attachment> = new Map([
  ['hall-light', 'thread-router'],
  ['attic-light', 'thread-router'],
  ['thermostat', 'thread-router'],
  ['hall-sensor', 'thread-sleepy'],
  ['cellar-sensor', 'thread-sleepy'],
]);

/** The devices that are routers of the mesh, beside its border node. */
export const routers: readonly string[] = [...attachments].flatMap(([name, attachment]) =>
  attachment === 'thread-router' ? [name] : [],
);

/** The router that is switched off for a while. */
export const unplugged = 'thermostat';

/** What the devices' jobs need. Nothing else is granted to any of them. */
export const needs = [
  { who: 'hall-switch', device: 'hall-light', path: '/switch', rights: 'read,write' },
  { who: 'attic-switch', device: 'attic-light', path: '/switch', rights: 'read,write' },
  { who: 'thermostat', device: 'hall-sensor', path: '/temperature', rights: 'read' },
] as const satisfies readonly Need[];

/** The device that gets another owner at the end. */
export const handedOver = 'cellar-sensor';

/** The device whose audit log is looked into. */
export const watched = 'front-door';

/** The device that gets newer firmware. */
export const updated = 'attic-light';

/** A device that starts firmware of its manufacturer, and older than the owner takes. */
export const outdated: RosterDevice = { name: 'flea-market', kind: 'light', offers: ['just-works'] };

/** A device that is not let into the mesh, and why. */
export interface RefusedJoiner {
  readonly name: string;
  readonly kind: DeviceKind;
  /** What is wrong with it: the commissioner has another passphrase for it, none at all, or does not want it. */
  readonly wrong: 'passphrase' | 'unlisted' | 'vendor';
  /** How its join ends, as it tells itself and as the commissioner does. */
  readonly failures: readonly JoinFailure[];
  readonly claim: string;
}

/** Who makes the devices of the site: the commissioner takes no others. */
export const [maker, otherMaker] = ['Selvage Demo', 'No Name Trading'] as const;

/** Three more devices, which come along and are not let into the mesh. */
export const refusedJoiners: readonly RefusedJoiner[] = [
  {
    name: 'balcony-light',
    kind: 'light',
    wrong: 'passphrase',
    failures: ['wrong-pskd'],
    claim: 'the device whose passphrase was mistyped does not join: wrong-pskd',
  },
  {
    name: 'next-door',
    kind: 'lock',
    wrong: 'unlisted',
    failures: ['not-in-steering-data', 'not-admitted'],
    claim: 'the device that is on no list does not join: not-in-steering-data',
  },
  {
    name: 'no-name-plug',
    kind: 'switch',
    wrong: 'vendor',
    failures: ['finalisation-rejected'],
    claim: 'the device of a maker that the owner does not take does not join: finalisation-rejected',
  },
];

/** A board that stays off, and what its boot log must say. */
export interface OffBoard {
  readonly name: string;
  readonly kind: DeviceKind;
  /** What is wrong with its image. */
  readonly wrong: 'tampered' | 'older';
  /** The line of its boot log that says why. */
  readonly check: RegExp;
  readonly claim: string;
}

/** Two more boards, whose images were tampered with: one in its flash, one by putting back firmware from before a flaw. */
export const offBoards: readonly OffBoard[] = [
  {
    name: 'porch-light',
    kind: 'light',
    wrong: 'tampered',
    check: /sha256/i,
    claim: 'the board whose image was changed in its flash stays off: it is not what was signed',
  },
  {
    name: 'garage-door',
    kind: 'lock',
    wrong: 'older',
    check: /security counter/i,
    claim: 'the board with older firmware stays off: its security counter is below that of the chip',
  },
];
