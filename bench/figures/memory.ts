/** What an idle session weighs: resident memory of a process that holds many, after collection. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { SelvageError } from '@selvage/core';
import type { Figure } from '../figure.js';

const sessions = 10_000;

export const memory: Figure = {
  name: 'dtls.memory',
  work: `resident memory after collection ÷ ${sessions} idle sessions`,
  unit: 'KiB',
  atMost: 4,
  measure: () => {
    const bytes = weigh();
    return {
      measured: {
        value: bytes / sessions / 1024,
        n: sessions,
        note: 'both ends of 5000 connections are sessions; growth over a process that has closed 4000 handshakes',
      },
    };
  },
};

/** A process of its own, whose memory nothing else has stirred. Returns bytes. */
function weigh(): number {
  const scale = fileURLToPath(new URL('../dtls/scale.js', import.meta.url));
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--expose-gc', scale, String(sessions)], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new SelvageError('wrong-state', `the scale failed: ${stderr}`);
  return Number(stdout);
}
