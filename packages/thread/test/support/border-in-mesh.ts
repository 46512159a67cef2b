import { SeededEntropy, VirtualNetwork } from '@selvage/core/virtual';
import { nativeCore } from '@selvage/crypto';
import {
  BorderAgentRunner,
  type CommissionerEvent,
  CommissionerRunner,
  drawOneTimePasscode,
  ExternalSession,
  NativeAccess,
} from '@selvage/thread';
import type { MeshNode, MeshWorld } from './mesh-world.js';

interface Address {
  readonly key: string;
}

/** A commissioner, and all that it told. */
export interface CommissionerInMesh {
  readonly runner: CommissionerRunner;
  readonly events: CommissionerEvent[];
}

/** An external one. */
export interface ExternalInMesh extends CommissionerInMesh {
  readonly session: ExternalSession<Address>;
}

/** The passcode of one-time agents. */
const passcode = drawOneTimePasscode(new SeededEntropy('passcode'));

/** Border agents in nodes of a mesh, and a host's network to reach them by. */
export class BorderInMesh {
  readonly network: VirtualNetwork;
  readonly agent: BorderAgentRunner<Address>;
  readonly #world: MeshWorld;
  readonly #node: MeshNode;

  constructor(world: MeshWorld, node: MeshNode) {
    this.#world = world;
    this.#node = node;
    this.network = new VirtualNetwork({ clock: world.clock, seed: world.seed });
    this.agent = new BorderAgentRunner(
      {
        core: nativeCore,
        entropy: new SeededEntropy(`${world.seed}/agent`),
        passphrase: () => node.runner.node.dataset.get('pskc'),
      },
      { runner: node.runner, clock: world.clock, port: this.network.open('agent') },
    );
  }

  /** One more agent in the same node, by a one-time passcode. */
  share(name = 'one-time'): BorderAgentRunner<Address> {
    return new BorderAgentRunner(
      {
        core: nativeCore,
        entropy: new SeededEntropy(`${this.#world.seed}/${name}`),
        passcode,
      },
      { runner: this.#node.runner, clock: this.#world.clock, port: this.network.open(name) },
    );
  }

  /** A commissioner with a session that has petitioned as `name`; `events` tell whether it is active. */
  async petition(name: string, at = 'agent', host = name): Promise<ExternalInMesh> {
    const world = this.#world;
    const entropy = new SeededEntropy(`${world.seed}/${name}`);
    const core = nativeCore;
    const passphrase = at === 'agent' ? world.dataset.get('pskc')! : passcode;
    const opening = ExternalSession.open(
      { core, entropy, borderAgent: { key: at }, passphrase },
      world.clock,
      this.network.open(host),
    );
    let session: ExternalSession<Address> | undefined;
    void opening.then((opened) => (session = opened));
    await world.until(() => session !== undefined, 10_000);
    const runner = new CommissionerRunner({ core, entropy, name, isNative: false }, world.clock, session!);
    const events: CommissionerEvent[] = [];
    runner.onEvent((event) => events.push(event));
    runner.run((commissioner) => commissioner.petition());
    await world.until(() => events.some(({ kind }) => kind === 'steering' || kind === 'inactive'), 10_000);
    return { runner, session: session!, events };
  }

  /** One that is active. */
  async commission(name = 'phone'): Promise<ExternalInMesh> {
    const found = await this.petition(name);
    if (found.runner.commissioner.state !== 'active') throw new Error(`${name} is not active`);
    return found;
  }
}

/** A commissioner in a node of the mesh, that is active. */
export async function nativeCommissioner(world: MeshWorld, node: MeshNode): Promise<CommissionerInMesh> {
  const entropy = new SeededEntropy(`${world.seed}/commissioner`);
  const options = { core: nativeCore, entropy, name: 'native', isNative: true };
  const runner = new CommissionerRunner(options, world.clock, new NativeAccess(node.runner));
  const events: CommissionerEvent[] = [];
  runner.onEvent((event) => events.push(event));
  runner.run((engine) => engine.petition());
  await world.until(() => runner.commissioner.state === 'active', 10_000);
  return { runner, events };
}
