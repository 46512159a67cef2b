/** Versions of images, as MCUboot's `image_version` has them. */
import { FormatError, SelvageError, struct, type StructValue, u16le, u32le, u8 } from '@selvage/core';

/**
 * ```
 * struct image_version { uint8_t iv_major; uint8_t iv_minor; uint16_t iv_revision; uint32_t iv_build_num; };
 * ```
 */
export const imageVersion = struct({ major: u8, minor: u8, revision: u16le, build: u32le });

/** `major.minor.revision+build`. */
export type ImageVersion = StructValue<(typeof imageVersion)['fields']>;

const largest: ImageVersion = { major: 0xff, minor: 0xff, revision: 0xffff, build: 0xffff_ffff };

/**
 * A version as people write it: `1.2.3+4`, later parts optional, no leading zeros.
 * @throws SelvageError `invalid-argument`, also for a part that its field cannot hold
 */
export function parseVersion(text: string): ImageVersion {
  const part = '(0|[1-9]\\d*)';
  const match = new RegExp(`^${part}(?:\\.${part}(?:\\.${part}(?:\\+${part})?)?)?$`).exec(text);
  if (match === null) {
    throw new SelvageError('invalid-argument', `${JSON.stringify(text)} is not a version`, {
      remedy: 'write it as major.minor.revision+build, such as 1.2.3+4, later parts optional, without leading zeros',
    });
  }
  const [major = 0, minor = 0, revision = 0, build = 0] = match.slice(1).map((digits = '0') => Number(digits));
  return checkedVersion({ major, minor, revision, build });
}

/** The same version. @throws SelvageError `invalid-argument` for a part that its field cannot hold */
export function checkedVersion(version: ImageVersion): ImageVersion {
  for (const name of ['major', 'minor', 'revision', 'build'] as const) {
    const value = version[name];
    if (Number.isInteger(value) && value >= 0 && value <= largest[name]) continue;
    throw new FormatError('invalid-argument', `the version's ${name} is ${value} where 0 to ${largest[name]} fit`);
  }
  return version;
}

/** `1.2.3+4`; without a build number where that is 0. */
export function versionText({ major, minor, revision, build }: ImageVersion): string {
  return `${major}.${minor}.${revision}${build === 0 ? '' : `+${build}`}`;
}

/**
 * Below 0 where `a` is older than `b`, 0 where MCUboot takes them for equal, above 0 where it is newer. The build number
 * counts only where `withBuild` says so, as MCUboot has it.
 */
export function compareVersions(a: ImageVersion, b: ImageVersion, withBuild = false): number {
  return (
    a.major - b.major || a.minor - b.minor || a.revision - b.revision || (withBuild ? Math.sign(a.build - b.build) : 0)
  );
}
