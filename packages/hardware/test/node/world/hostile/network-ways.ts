import { asError, awaited, call, construct, type Fn, global, module, type Way } from './realm.js';
import type { Targets } from './targets.js';

/** Past the board's channel to a network, or to a service of the host. */
export function networkWays({ tcpPort, udpPort, unixSocket, abstractSocket }: Targets): readonly Way[] {
  const connect = (options: object) => awaited(call('net', 'connect', options), 'connect');
  return [
    { name: 'connect to a TCP port of the host', go: () => connect({ host: '127.0.0.1', port: tcpPort }) },
    { name: 'connect to it by IPv6', go: () => connect({ host: '::1', port: tcpPort }) },
    { name: 'connect to a Unix socket', go: () => connect({ path: unixSocket }) },
    { name: 'connect to an abstract socket', go: () => connect({ path: `\0${abstractSocket}` }) },
    { name: 'connect through a class found in passing', go: () => foundSocket(tcpPort) },
    { name: 'send a datagram to the host', go: () => echoed(udpPort) },
    { name: 'send a datagram to a group', go: () => sent('224.0.1.187', 5683) },
    { name: 'send a datagram to the world', go: () => sent('192.0.2.1', 53) },
    { name: 'join a group', go: () => joined() },
    { name: 'fetch', go: () => (global('fetch') as Fn)(`http://127.0.0.1:${tcpPort}/`) },
    {
      name: 'open a web socket',
      go: () => awaited(construct(global('WebSocket'), `ws://[::1]:${tcpPort}`), 'open'),
    },
    {
      name: 'make an HTTP request',
      go: async () => {
        const request = call('http', 'get', `http://127.0.0.1:${tcpPort}/`);
        return awaited(await awaited(request, 'socket'), 'connect');
      },
    },
    {
      name: 'open a TLS connection',
      go: () => awaited(call('tls', 'connect', { host: '127.0.0.1', port: tcpPort }), 'connect'),
    },
    { name: 'ask a name server', go: () => call('dns/promises', 'resolve4', 'example.org') },
    { name: 'look up a name', go: () => call('dns/promises', 'lookup', 'example.org') },
    { name: 'see interfaces of the host', go: () => interfaces() },
  ];
}

/** Instances of classes that the loader took away are all around: on the way to a hash, and in events of the channel. */
async function foundSocket(port: number): Promise<unknown> {
  let found: Fn | undefined;
  const hash = call('crypto', 'createHash', 'sha256') as object;
  for (let one: object | null = hash; one !== null; one = Object.getPrototypeOf(one) as object | null) {
    for (const name of ['emit', 'on', 'write', 'push', 'read', 'resume'] as const) {
      try {
        const real = Reflect.get(one, name) as Fn;
        if (!Object.hasOwn(one, name)) continue;
        Object.defineProperty(one, name, {
          value(this: { connect?: unknown; constructor: Fn }, ...values: unknown[]) {
            if (typeof this?.connect === 'function') found = this.constructor;
            return Reflect.apply(real, this, values);
          },
        });
      } catch {
        // It stays what it is.
      }
    }
  }
  // Something has to happen at the channel: a timer gives it the time.
  await new Promise((resolve) => setTimeout(resolve, 50));
  if (found === undefined) return undefined;
  const socket = Reflect.construct(found, []) as { connect: Fn };
  return awaited(socket.connect(port, '127.0.0.1'), 'connect');
}

async function echoed(port: number): Promise<unknown> {
  const socket = call('dgram', 'createSocket', 'udp4') as { send: Fn };
  socket.send('hostile', port, '127.0.0.1');
  return awaited(socket, 'message');
}

function sent(address: string, port: number): Promise<unknown> {
  const socket = call('dgram', 'createSocket', 'udp4') as { send: Fn };
  return new Promise((resolve, reject) => {
    socket.send('hostile', port, address, (error: unknown) => (error ? reject(asError(error)) : resolve('sent')));
  });
}

async function joined(): Promise<unknown> {
  const socket = call('dgram', 'createSocket', 'udp4') as { bind: Fn; addMembership: Fn };
  socket.bind(5683);
  await awaited(socket, 'listening');
  return socket.addMembership('224.0.1.187') ?? 'joined';
}

function interfaces(): string | undefined {
  const all = (module('os')['networkInterfaces'] as Fn)() as Record<string, unknown>;
  return Object.keys(all).find((name) => name !== 'lo');
}
