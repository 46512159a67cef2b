import { SelvageError } from '@selvage/core';
import { allOcfNodes } from '@selvage/ocf';
import { type ChosenInterface, openGroupPorts, SharedPort, type UdpAddress } from '@selvage/core/node';

/**
 * The ports of the groups, for all devices of this process.
 * @throws SelvageError `address-in-use` where another program does not share the port of CoAP, and as a port.
 */
export async function listenToGroups(
  chosen: ChosenInterface,
  open: typeof openGroupPorts = openGroupPorts,
): Promise<SharedPort<UdpAddress>[]> {
  try {
    return (await open(chosen, allOcfNodes)).map((port) => new SharedPort(port));
  } catch (cause) {
    if (!(cause instanceof SelvageError) || cause.code !== 'address-in-use') throw cause;
    const { groupPort: port } = chosen;
    throw new SelvageError('address-in-use', `a program on this host has UDP port ${port}, that of CoAP, for itself`, {
      cause,
      remedy: `find it with ss -ulpn 'sport = :${port}' and end it, or have it share the port (SO_REUSEADDR)`,
    });
  }
}
