import { writeFileSync } from 'node:fs';
import { fromHex, SelvageError, toHex } from '@selvage/core';
import type { PeerIdentity, ResumableSession } from '@selvage/dtls';
import { readOptionText, unusable } from './files.js';

/** RFC 5246 §8.1. */
const masterSecretLength = 48;

/** The file's JSON; bytes are hexadecimal. */
interface SessionFile {
  readonly sessionId: string;
  readonly suiteId: number;
  readonly masterSecret: string;
  readonly extendedMasterSecret: boolean;
  readonly peer:
    | { readonly kind: 'anonymous' | 'passphrase' }
    | { readonly kind: 'psk'; readonly identity: string }
    | { readonly kind: 'certificate'; readonly chain: readonly string[]; readonly publicKey: string };
}

/**
 * Keeps a session for `--resume`, readable by its owner alone: it holds the master secret.
 * @throws SelvageError `store-failed`.
 */
export function saveSession(path: string, session: ResumableSession): void {
  const { sessionId, suiteId, masterSecret, extendedMasterSecret, peer } = session;
  const file: SessionFile = {
    sessionId: toHex(sessionId),
    suiteId,
    masterSecret: toHex(masterSecret),
    extendedMasterSecret,
    peer: written(peer),
  };
  try {
    writeFileSync(path, `${JSON.stringify(file, undefined, 2)}\n`, { mode: 0o600 });
  } catch (cause) {
    throw unusable('--save-session', path, 'written', cause);
  }
}

/**
 * Reads a session that {@link saveSession} kept.
 * @throws SelvageError `file-not-found`, `invalid-value` for a file that is something else.
 */
export function loadSession(path: string): ResumableSession {
  const text = readOptionText('--resume', path);
  try {
    const { sessionId, suiteId, masterSecret, extendedMasterSecret, peer } = JSON.parse(text) as SessionFile;
    const secret = fromHex(masterSecret);
    if (secret.length !== masterSecretLength) throw new SelvageError('invalid-length', 'a master secret of 48 bytes');
    const session = { suiteId: Number(suiteId), extendedMasterSecret: extendedMasterSecret === true };
    return { ...session, sessionId: fromHex(sessionId), masterSecret: secret, peer: read(peer) };
  } catch (cause) {
    throw new SelvageError('invalid-value', `--resume ${path} is no session that --save-session kept`, {
      cause,
      fault: 'caller',
      remedy: 'connect once with --save-session to make one',
    });
  }
}

function written(peer: PeerIdentity): SessionFile['peer'] {
  switch (peer.kind) {
    case 'anonymous':
    case 'passphrase':
      return { kind: peer.kind };
    case 'psk':
      return { kind: peer.kind, identity: toHex(peer.identity) };
    case 'certificate':
      return { kind: peer.kind, chain: peer.chain.map(toHex), publicKey: toHex(peer.publicKey) };
  }
}

function read(peer: SessionFile['peer']): PeerIdentity {
  switch (peer.kind) {
    case 'anonymous':
    case 'passphrase':
      return { kind: peer.kind };
    case 'psk':
      return { kind: peer.kind, identity: fromHex(peer.identity) };
    case 'certificate':
      return { kind: peer.kind, chain: peer.chain.map(fromHex), publicKey: fromHex(peer.publicKey) };
  }
}
