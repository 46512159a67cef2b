/** What a hostile firmware is told to go for: a generous test tells it where everything is. */
export interface Targets {
  /** Folder of the board: `chip/` and `flash/` are in it. */
  readonly board: string;
  /** A readable file with a secret in it, and a symbolic link to it. */
  readonly secretFile: string;
  readonly linkToSecret: string;
  /** A folder that anybody may write to. */
  readonly openFolder: string;
  /** The secure world's process, and one to shoot at. */
  readonly securePid: number;
  readonly decoyPid: number;
  /** Services on the host: a TCP port, a UDP port, a Unix socket and an abstract one. */
  readonly tcpPort: number;
  readonly udpPort: number;
  readonly unixSocket: string;
  readonly abstractSocket: string;
  /** A module of Node that is a program of its own. */
  readonly addon: string;
  /** Names of all modules of Node. */
  readonly modules: readonly string[];
}
