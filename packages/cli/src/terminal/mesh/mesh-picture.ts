/** A mesh as it is drawn: which nodes there are, who belongs to whom, and how well they hear each other. */
export interface MeshPicture {
  /** Of the network. */
  readonly name?: string | undefined;
  /** One line of what else there is to say: the time of a virtual world, say. */
  readonly note?: string | undefined;
  readonly partitions: readonly DrawnPartition[];
  /** Nodes that are in no partition, by what they are called. */
  readonly detached?: readonly string[];
}

/** Nodes with one leader, or with one that nobody has heard of. */
export interface DrawnPartition {
  /** 32 bits. */
  readonly id?: number | undefined;
  readonly routers: readonly DrawnRouter[];
}

/** What is said of a node of any kind. */
interface DrawnNode {
  readonly rloc16: number;
  /** What people call it. */
  readonly label?: string | undefined;
  /** What else it is, in a word each: `border router`, `this node`. */
  readonly marks?: readonly string[] | undefined;
}

/** A router, or the leader. */
export interface DrawnRouter extends DrawnNode {
  readonly isLeader: boolean;
  /** The others know it, and it did not answer. */
  readonly isSilent?: boolean | undefined;
  readonly links: readonly DrawnLink[];
  readonly children: readonly DrawnChild[];
}

/** A link to another router, as the one hears it that it belongs to. */
export interface DrawnLink {
  /** RLOC16 of the other router. */
  readonly to: number;
  readonly qualityIn: LinkQuality;
  readonly qualityOut: LinkQuality;
}

/** A device with a parent. */
export interface DrawnChild extends DrawnNode {
  readonly kind: ChildKind;
  /** As the parent hears it. */
  readonly quality?: LinkQuality | undefined;
}

/** A full Thread device; a minimal one whose receiver is on; one that sleeps. */
export type ChildKind = 'full' | 'minimal' | 'sleepy';

/** 0 is no link; 3 is more than 20 dB above the noise (Thread 1.3 §4.4.5). */
export type LinkQuality = 0 | 1 | 2 | 3;
