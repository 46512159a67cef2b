/** Where a node of OpenThread's simulated ether is (`thread.md` §3 of the notes: `PORT_BASE`, `PORT_OFFSET`, node id). */
export interface UdpEtherOptions {
  /** 1 to `networkSize`; it chooses the port that the node sends from, by which others know it. */
  readonly node: number;
  /** `PORT_BASE`; 9000 by default. */
  readonly portBase?: number;
  /** `PORT_OFFSET`: ethers of different offsets do not hear one another; 0 by default. */
  readonly portOffset?: number;
  /** `OT_SIMULATION_MAX_NETWORK_SIZE` of the OpenThread nodes there; 33 by default. An ether has one port more. */
  readonly networkSize?: number;
  /**
   * Whether it hears the node of this number, or how strongly, dBm; everybody by default. It shapes a mesh, as OpenThread's
   * `nodeidfilter` does.
   */
  readonly hears?: ((node: number) => boolean | number) | undefined;
}
