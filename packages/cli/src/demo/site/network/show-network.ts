import type { DatagramPort } from '@selvage/core';
import type { UdpAddress } from '@selvage/core/node';
import type { Attachment } from '@selvage/device';
import type { AirPlace } from '@selvage/device/node';
import type { ListenerKeys, NodeRunner } from '@selvage/thread';
import type { ClientNetwork } from '../../../ocf/network/client-network.js';
import type { KnownNetwork } from '../../../thread/network/known-network.js';
import type { BorderRow } from '../events.js';

/** How boards are made for a mesh, and put onto its air. */
export interface MeshMaking {
  attachment(name: string): Attachment;
  /** Where the radio of a board is. */
  readonly airOf: (name: string) => AirPlace;
  readonly border: BorderRow;
  /** Whether not everybody hears everybody, so that there are ways of several hops. */
  readonly isShaped: boolean;
  /** The border node at work. */
  readonly runner: NodeRunner;
  /** Has what is kept of the air read with these keys, too. */
  readonly learn: (keys: ListenerKeys) => void;
}

/** What a person does next, and why. */
export interface NextCommands {
  readonly text: string;
  readonly commands: readonly string[];
}

/** The network that the show is on: of this host, or on the air. */
export interface ShowNetwork {
  /** What all that is said crosses, for people. */
  readonly crosses: string;
  /** The interface that was asked for. */
  readonly wanted: string | undefined;
  /** Where all devices are asked. */
  readonly groups: readonly UdpAddress[];
  /** How long answers to that are listened for, ms: the devices of the show answer within less. */
  readonly listenFor: number;
  /** Absent where the boards are on this host's own network. */
  readonly mesh: MeshMaking | undefined;
  /** What other commands are told of it as it is now, where it is none of this host's. */
  readonly known: KnownNetwork | undefined;
  /** What is left of it in the end, and where. */
  readonly places: readonly (readonly [path: string, what: string])[];
  /** How a person looks at what passed on it; absent where nothing was kept. */
  readonly look: NextCommands | undefined;
  /** What a client has of it. @throws SelvageError (rejects) as a port */
  client(): Promise<ClientNetwork>;
  /** @throws SelvageError (rejects) as a port */
  port(): Promise<DatagramPort<UdpAddress>>;
  close(): Promise<void>;
}
