import { type Command, Option } from 'commander';
import type { ImageVersion, MaxAlign } from '@selvage/hardware';
import { passphraseVariable } from './passphrase.js';
import {
  counterOption,
  dependenciesOption,
  gatherTlv,
  gatherTlvFile,
  integer,
  maxAlignOption,
  type NamedDependency,
  type NamedTlv,
  refusedOption,
  versionOption,
} from './values.js';

/** What every command here has. */
export interface FirmwareOptions {
  readonly json: boolean;
  readonly passphraseFile?: string;
}

/** What becomes of an image when it is written. */
export interface SlotFileOptions {
  readonly slotSize?: number;
  readonly align?: number;
  readonly maxAlign?: MaxAlign;
  readonly maxSectors?: number;
  readonly overwriteOnly?: boolean;
  readonly pad?: boolean;
  readonly test?: boolean;
  readonly confirm?: boolean;
  readonly erasedVal?: string;
}

/** What a signature and an encryption need beside the image. */
export interface SealOptions {
  readonly publicKeyFormat: 'hash' | 'full';
  readonly padSig?: boolean;
  readonly pure?: boolean;
  readonly sha: 'auto' | '256' | '512';
  readonly encrypt?: string;
  readonly encryptKeylen?: '128' | '256';
  readonly clear?: boolean;
}

/** `firmware sign`, as commander gives it. */
export interface SignCommandOptions extends FirmwareOptions, SlotFileOptions, SealOptions {
  readonly key?: string;
  readonly version: ImageVersion;
  readonly headerSize: number;
  readonly padHeader?: boolean;
  readonly securityCounter?: number | 'auto';
  readonly dependencies?: readonly NamedDependency[];
  readonly loadAddr?: number;
  readonly romFixed?: number;
  readonly nonBootable?: boolean;
  readonly bootRecord?: string;
  readonly vid?: string;
  readonly cid?: string;
  readonly customTlv?: readonly NamedTlv[];
  readonly customTlvFile?: readonly NamedTlv[];
  readonly vectorToSign?: 'payload' | 'digest';
  readonly fixSig?: string;
  readonly fixSigPubkey?: string;
  readonly sigOut?: string;
}

const [largest16, largest32] = [0xffff, 0xffff_ffff];

export function addCommonOptions(command: Command): Command {
  return command
    .option(
      '--passphrase-file <file>',
      `the passphrase of an encrypted key file, its first line (or ${passphraseVariable})`,
    )
    .option('--json', 'one JSON object a line on standard output', false);
}

export function addImageOptions(command: Command): Command {
  return command
    .optionsGroup('The image:')
    .requiredOption('-v, --version <version>', 'major.minor.revision+build, later parts optional', versionOption)
    .option('-H, --header-size <bytes>', 'where the payload starts', integer(32, largest16), 32)
    .option('--pad-header', 'put the header in front; without it the input begins with zeros for it')
    .option('-s, --security-counter <n|auto>', 'no image with a lower one starts once this is confirmed', counterOption)
    .option('-d, --dependencies <list>', 'other images, as "(1,1.2.0)(2,3.4.5+6)"', dependenciesOption)
    .option('--boot-record <type>', 'what a measured boot says of it, such as APP')
    .option('--vid <name>', 'its vendor: a domain name, or a UUID')
    .option('--cid <name>', 'its class at that vendor: a name, or a UUID')
    .option(
      '--custom-tlv <tag value>',
      'a TLV of your own, 0xa0 to 0xfffe; 0x… is bytes, else text (may be repeated)',
      gatherTlv,
    )
    .option('--custom-tlv-file <tag file>', 'the same out of a file (may be repeated)', gatherTlvFile)
    .option('-L, --load-addr <address>', 'it runs from RAM there', integer(0, largest32))
    .option('-F, --rom-fixed <address>', 'it was linked for this address', integer(0, largest32))
    .option('--non-bootable', 'mark it as one that is not to be started');
}

export function addSealOptions(command: Command): Command {
  return command
    .optionsGroup('Signature and encryption:')
    .addOption(
      new Option('--public-key-format <form>', "the signer's name in it").choices(['hash', 'full']).default('hash'),
    )
    .option('--pure', 'Ed25519 over the image itself, not its hash')
    .addOption(
      new Option('--sha <bits>', 'the hash; 512 for Ed25519 alone')
        .choices(['auto', '256', '512'])
        .default('auto')
        .argParser(shaOption),
    )
    .option('--pad-sig', 'pad ECDSA to 72 bytes, for loaders before MCUboot 1.5')
    .option('-E, --encrypt <file>', "encrypt it to a P-256 public key: the devices'")
    .addOption(new Option('--encrypt-keylen <bits>', 'AES-128 or AES-256').choices(['128', '256']).default('128'))
    .option('-c, --clear', 'marked as encrypted, its payload in the clear: for the slot that runs');
}

export function addSlotOptions(command: Command): Command {
  return command
    .optionsGroup('The slot:')
    .option('-S, --slot-size <bytes>', 'what it must fit into, with a trailer', integer(1, largest32))
    .option('--pad', 'fill the slot, with the magic that asks for a swap')
    .option('--test', 'the same: to be tried once')
    .option('--confirm', 'the same, and to stay')
    .addOption(
      new Option('--align <bytes>', "the flash's smallest write")
        .choices(['1', '2', '4', '8', '16', '32'])
        .argParser(Number),
    )
    .option('--max-align <bytes>', 'the largest of both slots: 8, 16 or 32', maxAlignOption)
    .option('-M, --max-sectors <n>', 'sectors of the larger slot (default: 128)', integer(1, largest16))
    .option('--overwrite-only', 'for loaders that do not swap')
    .addOption(new Option('-R, --erased-val <value>', 'what erased flash reads as').choices(['0', '0xff']));
}

export function addDetachedOptions(command: Command): Command {
  return command
    .optionsGroup('Signed elsewhere:')
    .addOption(
      new Option('--vector-to-sign <what>', 'write what is to be signed, and stop').choices(['payload', 'digest']),
    )
    .option('--fix-sig <file>', 'put in this signature (base64); it is checked')
    .option('--fix-sig-pubkey <file>', 'the public key that it is of')
    .option('--sig-out <file>', 'write the signature to a file, too (base64)');
}

/** What imgtool's users may try, and what to do instead. */
export function addRefusedOptions(command: Command): Command {
  const refused: readonly [string, string][] = [
    ['-e, --endian <order>', 'Images are little-endian here, as every loader that is known reads them.'],
    ['--compression <type>', 'Compressed images are not made here: sign the plain payload.'],
    ['--save-enctlv', 'Loaders that keep the sealed key (save-enctlv) are not supported.'],
    ['--hmac-sha <bits>', 'Content keys are sealed with HMAC-SHA-256, the one form for P-256.'],
    ['-x, --hex-addr <address>', 'Intel HEX is not written: convert with objcopy -I binary -O ihex.'],
  ];
  for (const [flags, reason] of refused) {
    command.addOption(new Option(flags).argParser(refusedOption(reason)).hideHelp());
  }
  return command;
}

function shaOption(text: string): string {
  if (['auto', '256', '512'].includes(text)) return text;
  return refusedOption('Give auto, 256 or 512: SHA-384 goes with P-384 keys, which are not supported.')();
}
