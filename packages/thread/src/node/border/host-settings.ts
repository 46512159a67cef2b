import { execFile, type ExecFileException } from 'node:child_process';
import { SelvageError } from '@selvage/core';
import { type Ip6Prefix, prefixText } from '../../ip6/address/prefix.js';
import { ip6Text } from '../../ip6/address/text.js';
import { ip6Mtu } from '../../ip6/header/ip6-header.js';

/** What a host needs to know of an interface to a mesh. */
export interface HostSettings {
  readonly name: string;
  /** The host's own addresses on the mesh. */
  readonly addresses: readonly Uint8Array[];
  /** What lies behind the interface. */
  readonly routes: readonly Ip6Prefix[];
}

/** The words after `ip` that set an interface up, in their order. */
export function hostCommands({ name, addresses, routes }: HostSettings): string[][] {
  return [
    // The kernel has nobody to talk to on the link of a tunnel: no address there, and no questions.
    ['link', 'set', 'dev', name, 'mtu', `${ip6Mtu}`, 'addrgenmode', 'none'],
    ['link', 'set', 'dev', name, 'up'],
    // One address, not its prefix: what lies in the prefix is reached by the route alone. There is nobody to ask
    // whether somebody has it.
    ...addresses.map((address) => ['-6', 'addr', 'add', `${ip6Text(address)}/128`, 'dev', name, 'nodad']),
    ...routes.map((route) => ['-6', 'route', 'add', prefixText(route), 'dev', name]),
  ];
}

/**
 * Sets an interface up by `ip`: its MTU, its addresses and the routes to it. All of it goes with the interface.
 * @throws SelvageError `access-denied`, `port-failed` with what `ip` said
 */
export async function applyHostSettings(settings: HostSettings): Promise<void> {
  for (const words of hostCommands(settings)) await runIp(words);
}

function runIp(words: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    execFile('ip', words, (error, _stdout, stderr) => {
      if (error === null) resolve();
      else reject(ipError(words, error, stderr));
    });
  });
}

function ipError(words: readonly string[], error: ExecFileException, stderr: string): SelvageError {
  // A program that cannot be found has the system's code where others have their exit code.
  if (String(error.code) === 'ENOENT') {
    return new SelvageError('port-failed', 'ip is not installed', { cause: error, remedy: 'apt-get install iproute2' });
  }
  const said = stderr.trim().replaceAll(/\p{C}/gu, ' ');
  const message = `ip ${words.join(' ')}: ${said}`;
  if (/not permitted|Permission denied/.test(said)) {
    return new SelvageError('access-denied', message, { cause: error, fault: 'caller' });
  }
  if (/File exists/.test(said)) {
    return new SelvageError('address-in-use', message, {
      cause: error,
      remedy: 'the host has that address or route already: see ip -6 addr and ip -6 route',
    });
  }
  return new SelvageError('port-failed', message, { cause: error });
}
