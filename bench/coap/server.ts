/**
 * A server of one lamp in a process of its own, so that its CPU time is its own: `plain`, `dtls` or `node-coap` as the
 * first argument says. It sends its port, and answers each message with the CPU time it has used, in microseconds.
 */
import { createServer } from 'coap';
import { SelvageError, systemEntropy } from '@selvage/core';
import { sweepBuffersInPlace, systemClock, UdpPort } from '@selvage/core/node';
import { CoapTransport, type SecuredSession, type ServerResponse, SessionPort } from '@selvage/coap';
import { DtlsTransport } from '@selvage/dtls';
import { psk } from '../dtls/modes.js';
import { state, stateFormat } from './served.js';

const handler = (): ServerResponse => ({ code: '2.05', contentFormat: stateFormat, payload: state });
const common = { clock: systemClock, entropy: systemEntropy, handler };

const servers: Readonly<Record<string, () => Promise<number>>> = { plain, dtls, 'node-coap': nodeCoap };
const start = servers[process.argv[2] ?? ''];
if (start === undefined) throw new SelvageError('invalid-argument', `there is no server ${process.argv[2]}`);
process.send?.(await start());
process.on('message', () => {
  const { user, system } = process.cpuUsage();
  process.send?.(user + system);
});
process.on('disconnect', () => process.exit());

async function plain(): Promise<number> {
  const port = await UdpPort.bind();
  new CoapTransport({ port, ...common });
  return port.local.port;
}

async function dtls(): Promise<number> {
  sweepBuffersInPlace();
  const port = await UdpPort.bind();
  const sessions = new SessionPort<SecuredSession>();
  new CoapTransport({ port: sessions, ...common });
  const onSession = (session: SecuredSession): void => void sessions.add(session);
  new DtlsTransport({ port, clock: systemClock, server: psk().server, onSession });
  return port.local.port;
}

function nodeCoap(): Promise<number> {
  const payload = Buffer.from(state);
  const server = createServer((_request, response) => {
    response.setOption('Content-Format', 'application/cbor');
    response.end(payload);
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const { port } = (server as unknown as { _sock: { address(): { port: number } } })._sock.address();
      resolve(port);
    });
  });
}
