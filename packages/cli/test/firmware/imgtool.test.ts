/**
 * The same words to imgtool and to `selvage firmware sign`: each program's images, judged by the other. What imgtool made
 * is kept (`vectors/matrix`, with the words in `matrix.ts`); with `SELVAGE_IMGTOOL` it is asked anew, and judges ours.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { concat, toHex } from '@selvage/core';
import { nativeCore, readPrivateKey } from '@selvage/crypto';
import { type ImageTlv, readImage, type VerifiedImage, verifyImage } from '@selvage/hardware';
import { beforeAll, describe, expect, it } from 'vitest';
import { scratchFolder } from '../support/scratch.js';
import { matrix, type Kind, type Way } from './matrix.js';
import { good, ownKey, vectorPath } from './support.js';

const file = scratchFolder();
const imgtool = process.env['SELVAGE_IMGTOOL'];
const python = process.env['SELVAGE_PYTHON'] ?? '/usr/bin/python3';
const bytes = (path: string): Uint8Array => new Uint8Array(readFileSync(path));
const keyOf = (kind: Kind): string => file(`${kind}.pem`);
const encryption = vectorPath('keys/enc-p256.pub.pem');
const keptPath = (kind: Kind, name: string): string => vectorPath(`matrix/${kind}-${name}.bin`);

beforeAll(() => {
  for (const kind of ['p256', 'ed25519'] as const) ownKey(keyOf(kind), `sign-${kind}`);
  ownKey(file('enc.pem'), 'enc-p256');
  writeFileSync(file('room.bin'), concat(new Uint8Array(0x200), bytes(vectorPath('payload-1000.bin'))));
});

describe('images of imgtool, kept', () => {
  it('are one for each way and kind of key', () => {
    const kept = readdirSync(vectorPath('matrix')).filter((name) => name.endsWith('.bin'));
    expect(kept.sort()).toEqual(matrix.map(({ kind, name }) => `${kind}-${name}.bin`).sort());
    expect(matrix).toHaveLength(65);
  });

  it.each(matrix)(
    '$kind, $name: verifies, and ours says the same, byte for byte but for what is drawn',
    async (way) => {
      const theirs = bytes(keptPath(way.kind, way.name));
      const ours = await makeOurs(way);
      expect(comparable(judged(ours, way.kind))).toEqual(comparable(judged(theirs, way.kind)));
      expect(shape(ours)).toEqual(shape(theirs));
    },
  );
});

const live = imgtool === undefined ? describe.skip : describe;
live(`imgtool itself (${imgtool ?? 'skipped: SELVAGE_IMGTOOL names no imgtool.py'})`, () => {
  it.each(matrix)('$kind, $name: makes what we verify, and verifies what we make', async (way) => {
    const { kind, name } = way;
    const path = file(`${kind}-${name}.theirs.bin`);
    run('sign', '-k', keyOf(kind), ...wordsOf(way), payloadOf(way), path);
    if (process.env['SELVAGE_KEEP'] === 'vectors') keep(kind, name, bytes(path));
    const theirs = judged(bytes(path), kind);
    const ours = await makeOurs(way);
    expect(comparable(theirs)).toEqual(comparable(judged(ours, kind)));
    if (way.encrypted === true) return expect(decryptedBy('cryptography', ours)).toBe(toHex(theirs.payload));
    const shown = run('verify', '-k', keyOf(kind), file(`${kind}-${name}.bin`));
    expect(shown).toContain('Image was correctly validated');
    // For a pure signature imgtool shows the signature in place of the digest.
    if (!name.startsWith('pure')) expect(shown).toContain(toHex(theirs.digest));
  });

  it.each(['p256', 'ed25519'] as const)(
    '%s: gives out the same to be signed, and takes our signature',
    async (kind) => {
      const words = ['-v', '1.2.3', '-s', '4', '--pad-header', '-H', '32', '-S', '0x4000'];
      const payload = vectorPath('payload-1000.bin');
      for (const what of ['payload', 'digest']) {
        run('sign', '--vector-to-sign', what, ...words, payload, file('theirs.vector'));
        await good('sign', '--vector-to-sign', what, ...words, payload, file('ours.vector'));
        expect(bytes(file('ours.vector'))).toEqual(bytes(file('theirs.vector')));
      }
      await good('sign', '-k', keyOf(kind), ...words, '--sig-out', file('sig'), payload, file('ours.bin'));
      const pub = vectorPath(`keys/sign-${kind}.pub.pem`);
      run('sign', '--fix-sig', file('sig'), '--fix-sig-pubkey', pub, ...words, payload, file('theirs.bin'));
      expect(bytes(file('theirs.bin'))).toEqual(bytes(file('ours.bin')));
    },
  );

  it.each(['ecdsa-p256', 'ed25519'])('%s: reads our keys, and we read its', async (type) => {
    const [ours, theirs] = [file(`ours-${type}.pem`), file(`theirs-${type}.pem`)];
    await good('keygen', '-t', type, '-k', ours, '--no-passphrase', '--pub', file(`${type}.pub.pem`));
    expect(run('getpub', '-k', ours, '-e', 'pem')).toBe(readFileSync(file(`${type}.pub.pem`), 'utf8'));
    run('keygen', '-t', type, '-k', theirs);
    writeFileSync(`${theirs}.own`, readFileSync(theirs), { mode: 0o600 });
    const words = ['-v', '1', '--pad-header', '-S', '0x4000'];
    await good('sign', '-k', `${theirs}.own`, ...words, vectorPath('payload-1000.bin'), file('made.bin'));
    expect(run('verify', '-k', theirs, file('made.bin'))).toContain('correctly validated');
  });
});

/** The image that `selvage firmware sign` makes. */
async function makeOurs(way: Way & { readonly kind: Kind }): Promise<Uint8Array> {
  const path = file(`${way.kind}-${way.name}.bin`);
  await good('sign', '-k', keyOf(way.kind), ...wordsOf(way), payloadOf(way), path);
  return bytes(path);
}

/** The words for both programs; imgtool needs a header size. */
function wordsOf({ words }: Way): readonly string[] {
  const size = words.includes('-H') ? [] : ['-H', '32'];
  return [...size, ...words].map((word) => (word === '{enc}' ? encryption : word));
}

function payloadOf({ withRoom }: Way): string {
  return withRoom === true ? file('room.bin') : vectorPath('payload-1000.bin');
}

function judged(image: Uint8Array, kind: Kind): VerifiedImage {
  const { key } = readPrivateKey(bytes(keyOf(kind)));
  const curve = kind === 'p256' ? nativeCore.p256 : nativeCore.ed25519;
  return verifyImage(image, {
    core: nativeCore,
    keys: [{ kind, publicKey: curve.publicKey(key.reveal()) }],
    decryptionKey: { privateKey: readPrivateKey(bytes(file('enc.pem'))).key },
    tolerate: ['non-bootable'],
  });
}

/** What is equal whoever made the image; its hash stands for header, payload and protected TLVs. */
function comparable({ digest, signer, hash, wasEncrypted, payload }: VerifiedImage): object {
  return { digest: toHex(digest), signer: toHex(signer), hash, wasEncrypted, payload: toHex(payload) };
}

/** The order and the length of everything but an ECDSA signature, and what stands behind the image at its place. */
function shape(image: Uint8Array): object {
  const { protectedTlvs, tlvs, rest, end } = readImage(image);
  const isPadded = rest.length > 0;
  const drawn: readonly ImageTlv['type'][] = ['ecdsa', 'encryptedEc256', 'ed25519'];
  return {
    protectedTlvs,
    tlvs: tlvs.map((tlv) => (drawn.includes(tlv.type) ? tlv.type : tlv)),
    ...(isPadded && { size: image.length, trailer: toHex(image.subarray(-256)), fill: image[end] }),
  };
}

function run(...words: string[]): string {
  const { status, stdout, stderr } = spawnSync(python, [imgtool as string, ...words], { encoding: 'utf8' });
  expect([words.join(' '), status, stderr]).toEqual([words.join(' '), 0, stderr]);
  return stdout;
}

function keep(kind: Kind, name: string, image: Uint8Array): void {
  const path = keptPath(kind, name);
  if (!existsSync(vectorPath('matrix'))) mkdirSync(vectorPath('matrix'));
  writeFileSync(path, image);
}

/** The payload of an encrypted image as Python's `cryptography` decrypts it, by the words of MCUboot's design. */
function decryptedBy(_: 'cryptography', image: Uint8Array): string {
  const { payload, tlvs } = readImage(image);
  const sealed = tlvs.find((tlv) => tlv.type === 'encryptedEc256');
  if (sealed?.type !== 'encryptedEc256') expect.fail('it has no sealed key');
  const { point, tag, wrappedKey } = sealed.value;
  const parts = [point, tag, wrappedKey, payload].map(toHex);
  return execFileSync(python, ['-c', decrypter, file('enc.pem')], { input: parts.join('\n'), encoding: 'utf8' }).trim();
}

const decrypter = `
import sys
from cryptography.hazmat.primitives import hashes, hmac, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

def ctr(key, data):
    crypt = Cipher(algorithms.AES(key), modes.CTR(bytes(16))).decryptor()
    return crypt.update(data) + crypt.finalize()

point, tag, wrapped, payload = [bytes.fromhex(line.strip()) for line in sys.stdin]
key = serialization.load_pem_private_key(open(sys.argv[1], 'rb').read(), None)
peer = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
shared = key.exchange(ec.ECDH(), peer)
length = len(wrapped)
derived = HKDF(hashes.SHA256(), length + 32, None, b'MCUBoot_ECIES_v1').derive(shared)
check = hmac.HMAC(derived[length:], hashes.SHA256())
check.update(wrapped)
check.verify(tag)
print(ctr(ctr(derived[:length], wrapped), payload).hex())
`;
