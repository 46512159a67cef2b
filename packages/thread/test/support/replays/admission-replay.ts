import { Secret } from '@selvage/core';
import { nativeCore } from '@selvage/crypto';
import {
  encodeRelayed,
  JoinerAdmission,
  type JoinerAdmissionOutput,
  JoinerTable,
  type RelayedDatagram,
} from '@selvage/thread';
import type { CapturedHandshake } from '../captured-handshakes.js';
import { cookieSecret, coreWithCookie, drawsOfServer, pool, ReplayedEntropy } from '../replayed-entropy.js';

/**
 * OpenThread's captured session with ours in the place of its commissioner.
 * @param datagrams what joiner routers relay to it, at once
 * @param wait how much time then passes, milliseconds
 * @param draws what it draws in the place of what was captured
 */
export function replayAdmission(
  handshake: CapturedHandshake,
  datagrams: readonly RelayedDatagram[],
  wait = 0,
  draws: readonly Uint8Array[] = drawsOfServer(handshake, cookieSecret),
): { readonly relayed: readonly Uint8Array[]; readonly told: readonly string[] } {
  const joiners = new JoinerTable(nativeCore);
  joiners.add({ kind: 'any' }, Secret.of(handshake.passphraseOf('server')), 60_000);
  const entropy = new ReplayedEntropy(draws, [pool()]);
  const core = coreWithCookie(nativeCore, handshake.cookie);
  const admission = new JoinerAdmission({ core, entropy, joiners, judge: () => ({ accept: true }) });
  const [relayed, told]: [Uint8Array[], string[]] = [[], []];
  const drain = (now: number): void => {
    for (let output = admission.poll(now); output !== undefined; output = admission.poll(now)) {
      if (output.kind === 'relay') relayed.push(encodeRelayed(output.datagram));
      else told.push(wordOf(output));
    }
  };
  for (const datagram of datagrams) {
    admission.handle({ kind: 'relayed', datagram }, 0);
    drain(0);
  }
  drain(wait);
  return { relayed, told };
}

function wordOf({ progress }: Extract<JoinerAdmissionOutput, { kind: 'joiner' }>): string {
  if (progress.kind === 'step') return progress.step;
  return progress.kind === 'failed' ? String(progress.error.details?.['failure']) : progress.kind;
}
