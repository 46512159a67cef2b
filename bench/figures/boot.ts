/** What a boot spends on its image: the whole of `verifyImage`, on 1 MiB. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SelvageError, systemEntropy } from '@selvage/core';
import { encodeSpki, LocalKeyHome, nativeCore as core } from '@selvage/crypto';
import { type ImageSigner, imageSigner, parseVersion, signImage, verifyImage } from '@selvage/hardware';
import { encodePem } from '@selvage/pki';
import { cpuTime } from '../batches.js';
import type { Figure, Outcome, PeerMeasured } from '../figure.js';

const mebibyte = 1 << 20;
const imgtoolRuns = 7;

const verification: Figure = {
  name: 'boot.verify',
  work: 'verify an image of 1 MiB, P-256, security counter',
  unit: 'ms',
  atMost: 2,
  measure: () => measureVerification('ecdsa-p256'),
};

const ed25519: Figure = {
  name: 'boot.verify.ed25519',
  work: 'the same, Ed25519: hashed once, where ECDSA hashes for itself again',
  unit: 'ms',
  atMost: 2,
  measure: () => measureVerification('ed25519'),
};

export const boot: readonly Figure[] = [verification, ed25519];

async function measureVerification(algorithm: 'ecdsa-p256' | 'ed25519'): Promise<Outcome> {
  const keys = new LocalKeyHome({ core, entropy: systemEntropy });
  const signer = imageSigner(keys, await keys.generate({ algorithm, usages: ['sign'] }));
  const payload = new Uint8Array(mebibyte);
  systemEntropy.fill(payload);
  const version = parseVersion('1.2.3');
  const image = await signImage(payload, { core, version, securityCounter: 7, signer });
  const options = { core, keys: [signer.publicKey], minimumCounter: 7 };
  const measured = cpuTime('ms', () => {
    if (verifyImage(image, options).payload.length !== mebibyte) {
      throw new SelvageError('wrong-state', 'the payload is not the one that was signed');
    }
  });
  const peer = imgtoolVerify(image, signer);
  return { measured, ...(peer && { peer }) };
}

/** `imgtool verify` as a whole process, where SELVAGE_IMGTOOL names its imgtool.py; wall time. */
function imgtoolVerify(image: Uint8Array, { publicKey }: ImageSigner): PeerMeasured | undefined {
  const imgtool = process.env['SELVAGE_IMGTOOL'];
  if (imgtool === undefined) return undefined;
  const python = process.env['SELVAGE_PYTHON'] ?? '/usr/bin/python3';
  const folder = mkdtempSync(join(tmpdir(), 'selvage-bench-'));
  try {
    const [file, key] = [join(folder, 'image.bin'), join(folder, 'key.pub.pem')];
    writeFileSync(file, image);
    writeFileSync(key, encodePem('PUBLIC KEY', encodeSpki(publicKey)));
    const times = Array.from({ length: imgtoolRuns }, () => timeOf(python, [imgtool, 'verify', '-k', key, file]));
    const version = spawnSync(python, [imgtool, 'version'], { encoding: 'utf8' }).stdout.trim();
    const value = times.toSorted((a, b) => a - b)[imgtoolRuns >> 1] as number;
    return { value, n: imgtoolRuns, name: `imgtool ${version}, whole process`, note: 'wall time' };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function timeOf(program: string, words: readonly string[]): number {
  const begun = performance.now();
  const { status, stdout } = spawnSync(program, words, { encoding: 'utf8' });
  const time = performance.now() - begun;
  if (status === 0) return time;
  throw new SelvageError('wrong-state', `imgtool does not verify the image: ${stdout}`);
}
