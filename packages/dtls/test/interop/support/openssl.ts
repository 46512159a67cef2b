import { authority } from '../../support/certificates.js';
import { ourCertificates, psk } from './ours.js';
import { Program } from '../../../../core/test/support/peer-program.js';

const pskOptions = ['-psk', psk.hex, '-psk_identity', psk.identity];

/** Starts `s_server` with a certificate and a key that ours knows; it takes one client after the other. */
export async function startServer(
  options: readonly string[],
  host = '127.0.0.1',
): Promise<{ server: Program; port: number }> {
  const { certificateFile, keyFile } = ourCertificates.server;
  const own = ['-dtls1_2', '-cert', certificateFile, '-key', keyFile, ...pskOptions];
  const server = Program.start('openssl', ['s_server', '-accept', `${host}:0`, ...own, ...options]);
  const [, port] = await server.says(/ACCEPT \S+:(\d+)/);
  return { server, port: Number(port) };
}

/** Starts `s_client`, which verifies our certificate, if there is one. */
export function startClient(port: number, options: readonly string[], host = '127.0.0.1'): Program {
  const trust = ['-CAfile', authority.certificateFile, '-verify_return_error', '-purpose', 'sslserver'];
  const own = ['-dtls1_2', ...trust, ...pskOptions];
  return Program.start('openssl', ['s_client', '-connect', `${host}:${port}`, ...own, ...options]);
}

/** Options that choose one suite; some are too weak for OpenSSL's default level. */
export function onlySuite(name: string): string[] {
  return ['-cipher', `${name}:@SECLEVEL=0`];
}
