import { bytesEqual, SelvageError } from '@selvage/core';
import type { Settings } from '../connection/configuration.js';
import type { DtlsSession } from '../connection/session.js';
import { type CipherSuite, cipherSuites, emptyRenegotiationInfoScsv } from '../protocol/cipher-suites.js';
import {
  type Extension,
  type MaximumFragmentLength,
  type SignatureScheme,
  type SignatureSchemeValue,
  secp256r1,
  uncompressed,
} from '../protocol/extensions.js';
import { type ClientHello, findExtension, repeatedExtension, type ServerHello } from '../protocol/hello.js';
import { dtls12 } from '../protocol/record.js';
import type { RecordLayer } from '../record/record-layer.js';
import type { PeerIdentity } from './peer-identity.js';
import { notOffered } from './server-flight.js';

const nothing = new Uint8Array(0);
const nullCompression = 0;

/** The schemes we verify, in order of preference, which are also those we sign with. */
export const signatureSchemes: readonly SignatureScheme[] = ['ecdsa_sha256', 'ecdsa_sha384', 'ecdsa_sha512'];

/** What both hellos together say of a session besides its keys. */
export interface Agreed {
  readonly suite: CipherSuite;
  readonly extendedMasterSecret: boolean;
  readonly encryptThenMac: boolean;
  readonly maximumFragmentLength: MaximumFragmentLength | undefined;
  /** The connection ID the peer wants in our records; `undefined` when connection IDs are not used. */
  readonly peerConnectionId: Uint8Array | undefined;
}

/** The extensions of our ClientHello, in the order the reference implementations send them. */
export function clientExtensions(
  settings: Settings,
  roundOne: Uint8Array | undefined,
  connectionId: Uint8Array | undefined,
): Extension[] {
  const kinds = new Set(settings.cipherSuites.map((suite) => suite.keyExchange));
  const usesCurves = kinds.size > 1 || !kinds.has('psk');
  const extensions: Extension[] = [];
  if (usesCurves) extensions.push({ type: 'supported_groups', value: [secp256r1] });
  if (kinds.has('ecdhe-ecdsa')) extensions.push({ type: 'signature_algorithms', value: [...signatureSchemes] });
  // With EC-JPAKE alone nothing is signed: one scheme is named because Thread wants the extension (Thread 1.3 §8.4.2).
  else if (kinds.has('ecjpake')) extensions.push({ type: 'signature_algorithms', value: ['ecdsa_sha256'] });
  if (usesCurves) extensions.push({ type: 'ec_point_formats', value: [uncompressed] });
  if (roundOne !== undefined) extensions.push({ type: 'ecjpake_key_kp_pair', value: roundOne });
  if (settings.maximumFragmentLength !== undefined) {
    extensions.push({ type: 'max_fragment_length', value: `${settings.maximumFragmentLength}` });
  }
  if (settings.encryptThenMac && settings.cipherSuites.some(isBlockCipher)) {
    extensions.push({ type: 'encrypt_then_mac', value: {} });
  }
  if (settings.extendedMasterSecret !== 'off') extensions.push({ type: 'extended_master_secret', value: {} });
  if (connectionId !== undefined) extensions.push({ type: 'connection_id', value: connectionId });
  return extensions;
}

/** Cipher suites as our ClientHello lists them: with the signal of secure renegotiation (RFC 5746 §3.4). */
export function clientSuiteIds(settings: Settings): number[] {
  return [...settings.cipherSuites.map((suite) => suite.id), emptyRenegotiationInfoScsv];
}

/**
 * Checks a ServerHello against what was offered (RFC 5246 §7.4.1.3) and says what was agreed.
 * @throws SelvageError with the alert that answers the offence.
 */
export function acceptServerHello(settings: Settings, offered: ClientHello, hello: ServerHello): Agreed {
  if (hello.version !== dtls12) throw wrongVersion(hello.version);
  const suite = settings.cipherSuites.find((candidate) => candidate.id === hello.cipherSuite);
  if (suite === undefined) throw notOffered(hello);
  if (hello.compressionMethod !== nullCompression) {
    throw new SelvageError('illegal-parameter', 'the server chose a compression method that was not offered');
  }
  checkRepeated(hello);
  checkSolicited(offered, hello);
  checkRenegotiationInfo(hello);
  if (findExtension(hello, 'ec_point_formats')?.value.includes(uncompressed) === false) {
    throw new SelvageError('illegal-parameter', 'the server does not read uncompressed points (RFC 8422 §5.2)');
  }
  const fragmentLength = findExtension(hello, 'max_fragment_length')?.value;
  if (fragmentLength !== undefined && fragmentLength !== `${settings.maximumFragmentLength}`) {
    throw new SelvageError('illegal-parameter', 'the server changed the maximum fragment length that was asked for');
  }
  return {
    suite,
    extendedMasterSecret: agreeOnMasterSecret(settings, findExtension(hello, 'extended_master_secret') !== undefined),
    encryptThenMac: isBlockCipher(suite) && findExtension(hello, 'encrypt_then_mac') !== undefined,
    maximumFragmentLength: fragmentLength && settings.maximumFragmentLength,
    peerConnectionId: findExtension(hello, 'connection_id')?.value.slice(),
  };
}

/** The suite a server takes: the first of its own that the client offers with what the suite needs. */
export function chooseSuite(settings: Settings, hello: ClientHello): CipherSuite {
  // The version is one's complement: what is above DTLS 1.2 is older, what is below newer and can come down to us.
  if (hello.version > dtls12 || hello.version >>> 8 !== dtls12 >>> 8) throw wrongVersion(hello.version);
  if (!hello.compressionMethods.includes(nullCompression)) {
    throw new SelvageError('illegal-parameter', 'the client does not offer to go without compression');
  }
  checkRepeated(hello);
  checkRenegotiationInfo(hello);
  const suite = settings.cipherSuites.find((own) => hello.cipherSuites.includes(own.id) && suits(own, hello));
  if (suite !== undefined) return suite;
  throw new SelvageError('handshake-failure', 'the client offers no cipher suite that is usable here', {
    details: { offered: hello.cipherSuites.map(suiteText).join(' '), usable: settings.suites.join(' ') },
    remedy: 'give both sides a suite in common, with its credentials',
  });
}

/** What a server agrees to beside the suite. */
export function acceptClientHello(
  settings: Settings,
  suite: CipherSuite,
  hello: ClientHello,
  usesConnectionIds: boolean,
): Agreed {
  const fragmentLength = findExtension(hello, 'max_fragment_length')?.value;
  if (fragmentLength !== undefined && typeof fragmentLength !== 'string') {
    throw new SelvageError('illegal-parameter', 'the client asks for a maximum fragment length that does not exist');
  }
  const connectionId = usesConnectionIds ? findExtension(hello, 'connection_id')?.value : undefined;
  return {
    suite,
    extendedMasterSecret: agreeOnMasterSecret(settings, findExtension(hello, 'extended_master_secret') !== undefined),
    encryptThenMac:
      settings.encryptThenMac && isBlockCipher(suite) && findExtension(hello, 'encrypt_then_mac') !== undefined,
    maximumFragmentLength: fragmentLength && (Number(fragmentLength) as MaximumFragmentLength),
    peerConnectionId: connectionId?.slice(),
  };
}

/** The extensions of our ServerHello: only what the client offered and we take. */
export function serverExtensions(
  hello: ClientHello,
  agreed: Agreed,
  roundOne: Uint8Array | undefined,
  connectionId: Uint8Array | undefined,
): Extension[] {
  const extensions: Extension[] = [];
  const secure = hello.cipherSuites.includes(emptyRenegotiationInfoScsv) || findExtension(hello, 'renegotiation_info');
  if (secure) extensions.push({ type: 'renegotiation_info', value: nothing });
  if (agreed.maximumFragmentLength !== undefined) {
    extensions.push({ type: 'max_fragment_length', value: `${agreed.maximumFragmentLength}` });
  }
  if (agreed.suite.keyExchange !== 'psk' && findExtension(hello, 'ec_point_formats')) {
    extensions.push({ type: 'ec_point_formats', value: [uncompressed] });
  }
  if (roundOne !== undefined) extensions.push({ type: 'ecjpake_key_kp_pair', value: roundOne });
  if (agreed.encryptThenMac) extensions.push({ type: 'encrypt_then_mac', value: {} });
  if (agreed.extendedMasterSecret) extensions.push({ type: 'extended_master_secret', value: {} });
  if (agreed.peerConnectionId !== undefined && connectionId !== undefined) {
    extensions.push({ type: 'connection_id', value: connectionId });
  }
  return extensions;
}

/** What the two sides agreed on, as the session tells it. */
export function sessionOf(agreed: Agreed, peer: PeerIdentity, sessionId: Uint8Array, resumed: boolean): DtlsSession {
  const { suite, extendedMasterSecret, encryptThenMac } = agreed;
  return { suite, peer, sessionId, resumed, extendedMasterSecret, encryptThenMac };
}

/** Puts into force what concerns records. */
export function applyToRecords(records: RecordLayer, agreed: Agreed, connectionId: Uint8Array | undefined): void {
  if (agreed.maximumFragmentLength !== undefined) records.maximumPlaintext = agreed.maximumFragmentLength;
  records.peerConnectionId = agreed.peerConnectionId;
  records.ownConnectionId = agreed.peerConnectionId === undefined ? undefined : connectionId;
}

/** The scheme to sign with: our first that the peer takes; RFC 5246 §7.4.1.4.1 lets a silent peer take SHA-1 only. */
export function chooseScheme(accepted: readonly SignatureSchemeValue[]): SignatureScheme {
  const scheme = signatureSchemes.find((own) => accepted.includes(own));
  if (scheme !== undefined) return scheme;
  throw new SelvageError('handshake-failure', 'the peer takes no signature of ECDSA with SHA-256, SHA-384 or SHA-512');
}

function isBlockCipher(suite: CipherSuite): boolean {
  return suite.cipher.kind === 'cbc-hmac-sha256';
}

/** Whether the client's extensions let it use the suite. Absent lists mean no restriction (RFC 8422 §4). */
function suits(suite: CipherSuite, hello: ClientHello): boolean {
  if (suite.keyExchange === 'psk') return true;
  const groups = findExtension(hello, 'supported_groups')?.value;
  const formats = findExtension(hello, 'ec_point_formats')?.value;
  if (groups !== undefined && !groups.includes(secp256r1)) return false;
  if (formats !== undefined && !formats.includes(uncompressed)) return false;
  if (suite.keyExchange === 'ecjpake') return findExtension(hello, 'ecjpake_key_kp_pair') !== undefined;
  if (suite.keyExchange !== 'ecdhe-ecdsa') return true;
  const schemes = findExtension(hello, 'signature_algorithms')?.value;
  return schemes === undefined || signatureSchemes.some((own) => schemes.includes(own));
}

function agreeOnMasterSecret(settings: Settings, peerHasIt: boolean): boolean {
  if (settings.extendedMasterSecret === 'require' && !peerHasIt) {
    throw new SelvageError('insufficient-security', 'the peer does not know the extended master secret (RFC 7627)');
  }
  return settings.extendedMasterSecret !== 'off' && peerHasIt;
}

function wrongVersion(version: number): SelvageError {
  return new SelvageError('protocol-version', `the peer speaks version 0x${version.toString(16)}, not DTLS 1.2`);
}

function checkRepeated(hello: ClientHello | ServerHello): void {
  const name = repeatedExtension(hello);
  if (name !== undefined) throw new SelvageError('illegal-parameter', `the hello carries extension ${name} twice`);
}

/** A server may answer only extensions that the client sent (RFC 5246 §7.4.1.4); the SCSV counts as one. */
function checkSolicited(offered: ClientHello, hello: ServerHello): void {
  for (const entry of hello.extensions ?? []) {
    if (entry.type === 'renegotiation_info') continue;
    const known = entry.type !== 'unknown' && findExtension(offered, entry.type) !== undefined;
    if (!known) {
      const name = entry.type === 'unknown' ? `${entry.tag}` : entry.type;
      throw new SelvageError('unsupported-extension', `the server answers extension ${name}, which was not offered`);
    }
  }
}

/** On a first handshake renegotiated_connection is empty (RFC 5746 §3.4, §3.6); there is no second one here. */
function checkRenegotiationInfo(hello: ClientHello | ServerHello): void {
  const info = findExtension(hello, 'renegotiation_info')?.value;
  if (info !== undefined && !bytesEqual(info, nothing)) {
    throw new SelvageError('handshake-failure', 'renegotiation_info is not empty on a first handshake');
  }
}

function suiteText(id: number): string {
  const known = Object.values(cipherSuites).find((entry) => entry.id === id);
  return known?.name ?? `0x${id.toString(16).padStart(4, '0')}`;
}
