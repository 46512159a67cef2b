import type { ChosenInterface } from '@selvage/core/node';
import type { GrantedPort } from '@selvage/hardware';
import type { FileBoard } from '@selvage/hardware/node';
import type { Attachment } from '../../firmware/configuration.js';
import type { VaultPart } from '../board/mesh-network.js';
import type { BoardNews } from '../board/news.js';
import type { AirPlace } from '../board/setting.js';

/** A board's network: firmware gets the parts of it by name, and no other socket. */
export interface BoardNetwork {
  /** What the firmware is told of it. */
  readonly facts: {
    readonly name: string;
    readonly addresses: readonly { readonly reach: 'ipv4' | 'link' | 'wide' }[];
    readonly groups: string[];
  };
  /**
   * Opens a port that the board grants; once.
   * @throws SelvageError `access-denied` for any other name, `wrong-state` for one that is open, and as a port.
   */
  open(name: string): Promise<GrantedPort>;
  /** Closes all; resolves when nothing is left of it. */
  close(): Promise<void>;
}

/** What a board is in its mesh. */
export type MeshAttachment = Exclude<Attachment, 'ip'>;

/** Where a board is, and what it keeps. */
export interface NetworkOptions {
  readonly board: FileBoard;
  /** What is the secure world's own in the vault. */
  readonly own: VaultPart;
  readonly chosen: ChosenInterface;
  readonly air: AirPlace | undefined;
  /** Of the firmware that it runs. */
  readonly version: string;
  /** When the board got its power. */
  readonly since: number;
  readonly tell: (news: BoardNews) => void;
}
