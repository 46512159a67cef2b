import { decode, SelvageError } from '@selvage/core';
import { cipherSuiteById, emptyRenegotiationInfoScsv } from '../protocol/cipher-suites.js';
import type { Extension } from '../protocol/extensions.js';
import type { HandshakeMessage, HandshakeType } from '../protocol/handshake.js';
import { clientHello, helloVerifyRequest, serverHello } from '../protocol/hello.js';
import { certificate, certificateRequest } from '../protocol/key-exchange.js';
import type { MessageDescription } from './description.js';

type Field = readonly [label: string, text: string];

/** The names of RFC 5246 §7.4, as people know them from Wireshark. */
const names: Record<HandshakeType, string> = {
  hello_request: 'HelloRequest',
  client_hello: 'ClientHello',
  server_hello: 'ServerHello',
  hello_verify_request: 'HelloVerifyRequest',
  new_session_ticket: 'NewSessionTicket',
  certificate: 'Certificate',
  server_key_exchange: 'ServerKeyExchange',
  certificate_request: 'CertificateRequest',
  server_hello_done: 'ServerHelloDone',
  certificate_verify: 'CertificateVerify',
  client_key_exchange: 'ClientKeyExchange',
  finished: 'Finished',
};

/** A handshake message in words. A body that does not decode is described by the reason. */
export function describeHandshake(message: HandshakeMessage, epoch: number): MessageDescription {
  const name = typeof message.type === 'string' ? names[message.type] : `handshake type ${message.type.unknown}`;
  return { name, epoch, length: message.raw.length, fields: fieldsOf(message) };
}

export function describeChangeCipherSpec(): MessageDescription {
  return { name: 'ChangeCipherSpec', epoch: 0, length: 1, fields: [['means', 'what follows is protected']] };
}

function fieldsOf(message: HandshakeMessage): Field[] {
  try {
    return readFields(message);
  } catch (error) {
    if (!(error instanceof SelvageError)) throw error;
    return [['malformed', error.message]];
  }
}

function readFields({ type, body }: HandshakeMessage): Field[] {
  switch (type) {
    case 'client_hello': {
      const hello = decode(clientHello, body);
      const suites = hello.cipherSuites.map(suiteName);
      return [
        ['cookie', hello.cookie.length === 0 ? 'none yet' : byteCount(hello.cookie)],
        ...(hello.sessionId.length > 0 ? [['session', byteCount(hello.sessionId)] as const] : []),
        ['suites', suites.join(', ')],
        ...describeExtensions(hello.extensions),
      ];
    }
    case 'server_hello': {
      const hello = decode(serverHello, body);
      return [
        ['suite', suiteName(hello.cipherSuite)],
        ['session', hello.sessionId.length === 0 ? 'not kept' : byteCount(hello.sessionId)],
        ...describeExtensions(hello.extensions),
      ];
    }
    case 'hello_verify_request':
      return [['cookie', byteCount(decode(helloVerifyRequest, body).cookie)]];
    case 'certificate': {
      const { chain } = decode(certificate, body);
      return [['chain', chain.length === 0 ? 'empty' : chain.map(byteCount).join(', ')]];
    }
    case 'certificate_request':
      return [['authorities', `${decode(certificateRequest, body).certificateAuthorities.length}`]];
    case 'server_key_exchange':
    case 'client_key_exchange':
      return [['key exchange', byteCount(body)]];
    case 'certificate_verify':
      return [['signature', byteCount(body)]];
    case 'finished':
      return [['verify data', byteCount(body)]];
    default:
      return [];
  }
}

function describeExtensions(extensions: readonly Extension[] | undefined): Field[] {
  if (extensions === undefined || extensions.length === 0) return [];
  return [['extensions', extensions.map(extensionText).join(', ')]];
}

function extensionText(entry: Extension): string {
  switch (entry.type) {
    case 'unknown':
      return `unknown ${entry.tag} (${byteCount(entry.body)})`;
    case 'ecjpake_key_kp_pair':
      return `ecjpake_key_kp_pair (${byteCount(entry.value)})`;
    case 'connection_id':
      return `connection_id (${byteCount(entry.value)})`;
    case 'max_fragment_length':
      return `max_fragment_length ${typeof entry.value === 'string' ? entry.value : entry.value.unknown}`;
    default:
      return entry.type;
  }
}

function suiteName(id: number): string {
  if (id === emptyRenegotiationInfoScsv) return 'TLS_EMPTY_RENEGOTIATION_INFO_SCSV';
  return cipherSuiteById(id)?.name ?? `0x${id.toString(16).padStart(4, '0')}`;
}

function byteCount(bytes: Uint8Array): string {
  return `${bytes.length} bytes`;
}
