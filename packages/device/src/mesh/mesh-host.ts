import { SelvageError } from '@selvage/core';
import { type UdpAddress, udpAddress } from '@selvage/core/node';
import { allOcfNodes } from '@selvage/ocf';
import { ip6Text, type NodeRunner, parseIp6 } from '@selvage/thread';
import { MeshHostPort, meshPayload, type NodePort } from './mesh-host-port.js';

/** All devices of a mesh are asked in the realm: that is what leads through all of it (RFC 7346 §2). */
const realmGroup = allOcfNodes.ipv6.find((group) => group.startsWith('ff03')) as string;
/** The port of CoAP, where OCF devices listen to the groups. */
const groupPort = 5683;

/** Where OCF devices are asked on a mesh. */
const allDevices = udpAddress(realmGroup, groupPort);
/** A mesh as an interface of a host says it: where it reaches, and where devices are asked; the same in each. */
export const meshFacts = { name: 'thread', addresses: [{ reach: 'wide' as const }], groups: [allDevices.key] };

/** A node of a mesh as a host on it, with UDP ports on its mesh-local address. */
export class MeshHost {
  readonly runner: NodeRunner;

  constructor(runner: NodeRunner) {
    this.runner = runner;
  }

  /** Where OCF devices are asked. */
  get group(): UdpAddress {
    return allDevices;
  }

  /** As an interface of a host says it: where it reaches, and where devices are asked. */
  get facts() {
    return meshFacts;
  }

  /** Its mesh-local address. @throws SelvageError `wrong-state` where it has none */
  get address(): Uint8Array {
    const own = this.runner.node.ip.addresses.unicast.find(({ kind }) => kind === 'mesh-local');
    if (own !== undefined) return own.address;
    throw new SelvageError('wrong-state', 'the node has no mesh-local address');
  }

  /**
   * Opens a port on its mesh-local address.
   * @param number one that is free where it is left out, or taken
   */
  open(number?: number): MeshHostPort {
    const { address } = this;
    const port = this.#port(number, address);
    return new MeshHostPort({ runner: this.runner, port, locals: [udpAddress(ip6Text(address), port.port)] });
  }

  /** Opens the port that hears what all devices are asked; it is for receiving only. */
  openGroup(): MeshHostPort {
    const group = parseIp6(realmGroup);
    this.runner.run((node, now) => node.join(group, now));
    const port = this.runner.node.ip.openPort({ port: groupPort, maximumPayload: meshPayload });
    return new MeshHostPort({ runner: this.runner, port, locals: [], group });
  }

  #port(number: number | undefined, address: Uint8Array): NodePort {
    const { ip } = this.runner.node;
    const options = { address, maximumPayload: meshPayload };
    if (number === undefined) return ip.openPort(options);
    try {
      return ip.openPort({ ...options, port: number });
    } catch (error) {
      if (error instanceof SelvageError && error.code === 'address-in-use') return ip.openPort(options);
      throw error;
    }
  }
}
