import { SelvageError, toHex } from '@selvage/core';
import type { Board } from '../board/board.js';
import type { RootKey } from '../board/otp.js';
import { hasEncryptedForm, readImage } from '../image/format/image.js';
import type { Dependency } from '../image/format/tlv.js';
import { compareVersions, type ImageVersion, versionText } from '../image/format/version.js';
import { refusal } from '../image/verify/refusal.js';
import { type VerifiedImage, verifyImage } from '../image/verify/verify-image.js';
import { imageKeyOf } from './image-key.js';
import type { SecureWorld } from './measurement.js';

/** What an image has to be for a board to start it; all of it is known before the image is looked at. */
export interface ImageTerms {
  readonly board: Board;
  readonly secureWorld: Pick<SecureWorld, 'version'>;
  /** The stored security counter. */
  readonly securityCounter: number;
}

/**
 * Verifies the bytes of a slot as the boot ROM does, synchronously, so that nobody changes them meanwhile.
 * @throws SelvageError `image-malformed`, `image-refused` or `rollback-refused`, with `check`, `expected` and `found`
 */
export function judgeImage(bytes: Uint8Array, { board, secureWorld, securityCounter }: ImageTerms): VerifiedImage {
  const { core, otp } = board;
  const image = readImage(bytes);
  const decryptionKey = hasEncryptedForm(image) ? imageKeyOf(board) : undefined;
  const keys = otp.rootKeys;
  const trusted = keys.filter(({ revoked }) => !revoked).map(({ publicKey }) => publicKey);
  // Before the first counter is stored, an image that has none may start.
  const minimumCounter = securityCounter === 0 ? undefined : securityCounter;
  const verified = orRevoked(keys, () => verifyImage(bytes, { core, keys: trusted, decryptionKey, minimumCounter }));
  for (const dependency of verified.dependencies) requireMet(dependency, verified.version, secureWorld.version);
  return verified;
}

/** Says of a key that is not trusted when it once was. */
function orRevoked(keys: readonly RootKey[], verify: () => VerifiedImage): VerifiedImage {
  try {
    return verify();
  } catch (error) {
    if (!(error instanceof SelvageError) || error.details?.['check'] !== 'key') throw error;
    const { found } = error.details;
    const revoked = keys.find((key) => key.revoked && toHex(key.hash) === found);
    if (revoked === undefined) throw error;
    throw refusal(
      'key',
      `the image was signed by root key ${revoked.index}, ${toHex(revoked.hash)}, which is revoked`,
      {
        expected: 'a root key that is not revoked',
        found: revoked.hash,
      },
    );
  }
}

/** Image 0 is the firmware itself, image 1 the secure world. */
function requireMet({ image, minimum }: Dependency, own: ImageVersion, secureWorld: ImageVersion): void {
  const found = [own, secureWorld][image];
  if (found && compareVersions(found, minimum, true) >= 0) return;
  throw refusal(
    'dependency',
    found
      ? `the image needs image ${image} from version ${versionText(minimum)} on, and there is ${versionText(found)}`
      : `the image needs image ${image}, and there is none`,
    { expected: versionText(minimum), found: found ? versionText(found) : 'none' },
  );
}
