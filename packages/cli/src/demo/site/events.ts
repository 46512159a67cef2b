import type { SelvageError } from '@selvage/core';
import type { DeviceKind, DeviceStateName, TransferMethod, Uuid } from '@selvage/ocf';
import type { JoinFailure, JoinStep } from '@selvage/thread';
import type { ExpectationEvent } from '../expectations.js';
import type { JsonError, MeshPlace } from '@selvage/device/node';
import type { DeviceNews } from '../../board/news.js';
import type { MeshPicture } from '../../terminal/mesh/mesh-picture.js';

/** A board whose power was switched on. */
export interface BootRow {
  readonly name: string;
  /** What was started; absent where the board stays off. */
  readonly version?: string;
  readonly slot?: number;
  readonly trial?: boolean;
  /** The last line of the boot log, where it stays off. */
  readonly why?: string;
  /** From power-on to the firmware's start, ms. */
  readonly milliseconds: number;
}

/** The network of a mesh, and the border node that leads it. */
export interface BorderRow {
  readonly network: string;
  readonly channel: number;
  readonly panId: number;
  readonly rloc16: number;
  readonly address: string;
  /** What it speaks by, for people. */
  readonly radio: string;
  /** Of the simulated ether that is its air. */
  readonly offset: number;
}

/** A board that joined a mesh by its passphrase. */
export interface JoinedRow {
  readonly name: string;
  readonly eui64: string;
  /** The joiner router that entrusted it. */
  readonly by: string;
  /** From its first question until it had the network's key, ms. */
  readonly milliseconds: number;
}

/** A board that was not let in. */
export interface NotJoinedRow {
  readonly name: string;
  readonly eui64: string;
  /** As it tells itself: the cause by its name, and in words. */
  readonly failure: JoinFailure;
  readonly step: JoinStep;
  readonly message: string;
  /** As the commissioner tells, where it heard of it. */
  readonly atCommissioner: string | undefined;
}

/** A board that is on a mesh. */
export interface MeshRow {
  readonly name: string;
  readonly role: MeshPlace['role'];
  readonly sleepy: boolean;
  readonly rloc16: number;
  readonly address: string;
  /** From power-on until it had its place, ms. */
  readonly milliseconds: number;
}

/** A device that answered a discovery. */
export interface FoundRow {
  readonly name: string;
  readonly kind: DeviceKind;
  readonly device: Uuid;
  readonly state: DeviceStateName;
  readonly methods: readonly TransferMethod[];
  readonly address: string;
}

/** A device that got an owner. */
export interface OwnedRow {
  readonly name: string;
  readonly kind: DeviceKind;
  /** What it was called before, and is now. */
  readonly former: Uuid;
  readonly device: Uuid;
  readonly method: TransferMethod;
  /** Steps of the transfer and of the provisioning that came with it, and the time of all, ms. */
  readonly steps: number;
  readonly milliseconds: number;
  /** The end of its identity certificate, such as `2027-01-31`. */
  readonly certificateUntil: string;
  /** What its manufacturer's certificate calls it, where it showed one. */
  readonly maker: string | undefined;
  /** The version of its firmware, as it attested it. */
  readonly firmware: string | undefined;
  /** The PIN that it showed, where it showed one. */
  readonly pin: string | undefined;
}

/** What somebody may do with a device. */
export interface AccessRow {
  readonly device: string;
  /** Rights in words, by who has them. */
  readonly rights: Readonly<Record<string, string>>;
}

/** A request of one to another, and what came of it. */
export interface RequestRow {
  readonly from: string;
  readonly to: string;
  readonly request: string;
  /** The code in words, such as `4.01 Unauthorized`, or what the handshake ended with. */
  readonly answer: string;
  readonly isRefused: boolean;
  readonly milliseconds: number | undefined;
}

/** What a stranger tried, and what it was answered. */
export interface StrangerRow {
  readonly tries: string;
  readonly answer: string;
}

/** A line of an audit log; devices in it stand by their names. */
export interface AuditRow {
  /** RFC 3339. */
  readonly at: string;
  readonly id: string;
  readonly message: string;
  readonly about: readonly string[];
}

/** A device at the end. */
export interface SummaryRow {
  readonly name: string;
  readonly kind: DeviceKind;
  /** Whose it is, and whether that is who owns the site. */
  readonly owner: string;
  readonly isOurs: boolean;
  readonly device: Uuid;
  readonly method: TransferMethod;
  readonly certificateUntil: string;
  /** Rights in words, by who has them, the owner aside. */
  readonly rights: Readonly<Record<string, string>>;
}

/** What the show tells, one after the other; a screen draws it, `--json` prints it as it is. */
export type SiteEvent =
  | { readonly event: 'title'; readonly text: string; readonly lines: readonly string[] }
  /** The boards have their power, each in a process of its own. */
  | { readonly event: 'started'; readonly pids: readonly number[] }
  | { readonly event: 'scene'; readonly title: string; readonly text: string }
  /** The whole log of one board's boot ROM. */
  | { readonly event: 'boot-log'; readonly name: string; readonly log: readonly string[] }
  | { readonly event: 'booted'; readonly boards: readonly BootRow[] }
  /** A board is on its way into the mesh: at a step, or about to try again after what is said. */
  | { readonly event: 'joining'; readonly name: string; readonly step: JoinStep; readonly failure?: string }
  | ({ readonly event: 'joined' } & JoinedRow)
  | ({ readonly event: 'not-joined' } & NotJoinedRow)
  /** The mesh as it has grown until now: told while the boards are let in, whenever it is another. */
  | { readonly event: 'forming'; readonly picture: MeshPicture }
  | {
      readonly event: 'mesh';
      readonly border: BorderRow;
      readonly nodes: readonly MeshRow[];
      readonly picture: MeshPicture;
    }
  /** The mesh as it is now. */
  | { readonly event: 'topology'; readonly picture: MeshPicture }
  | { readonly event: 'looking'; readonly seconds: number; readonly group: string }
  | {
      readonly event: 'found';
      readonly devices: readonly FoundRow[];
      /** Un-owned devices that are not of this show: it leaves them alone. */
      readonly others: number;
      readonly milliseconds: number;
    }
  /** A device is at a step of its path. */
  | { readonly event: 'step'; readonly name: string; readonly number: number; readonly step: string }
  | ({ readonly event: 'owned' } & OwnedRow)
  | { readonly event: 'not-owned'; readonly name: string; readonly error: JsonError }
  | { readonly event: 'access'; readonly who: readonly string[]; readonly devices: readonly AccessRow[] }
  | ({ readonly event: 'request' } & RequestRow)
  | { readonly event: 'observed'; readonly who: string; readonly device: string; readonly values: readonly string[] }
  | ({ readonly event: 'stranger' } & StrangerRow)
  | { readonly event: 'audit'; readonly name: string; readonly log: readonly AuditRow[] }
  | { readonly event: 'fact'; readonly label: string; readonly text: string }
  | {
      readonly event: 'summary';
      /** Whether all went as it should until here. */
      readonly ok: boolean;
      readonly seconds: number;
      readonly devices: readonly SummaryRow[];
    }
  | { readonly event: 'places'; readonly places: readonly (readonly [what: string, path: string])[] }
  | { readonly event: 'commands'; readonly text: string; readonly commands: readonly string[] }
  /** A scene could not be played to its end. */
  | { readonly event: 'failed'; readonly error: SelvageError }
  /** Something happened to a device while the site stays up; `who` is what the other one of it is called. */
  | { readonly event: 'news'; readonly news: DeviceNews; readonly who: string | undefined }
  | ExpectationEvent;

/** Somewhere to show it. */
export interface SiteScreen {
  tell(event: SiteEvent): void;
}
