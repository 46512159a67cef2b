import { nativeCore, type PublicKey } from '@selvage/crypto';
import {
  type Board,
  type BootDecision,
  BootRom,
  type BootStart,
  type Flash,
  type ImageOptions,
  type ImageSigner,
  erasedByte,
  parseVersion,
  programSlot,
  signImage,
} from '@selvage/hardware';
import { VirtualBoard, type VirtualBoardOptions, virtualSlot } from '@selvage/hardware/virtual';

/** Signs with Ed25519, so that an image of one content has one form. */
export function testSigner(number: number): ImageSigner {
  const seed = new Uint8Array(32).fill(number);
  const publicKey: PublicKey = { kind: 'ed25519', publicKey: nativeCore.ed25519.publicKey(seed) };
  return { publicKey, sign: async (message) => nativeCore.ed25519.sign(seed, message) };
}

/** Of three makers of firmware: the first two are root keys of the boards here, the third is a stranger. */
export const [firstSigner, secondSigner, stranger] = [testSigner(1), testSigner(2), testSigner(3)] as [
  ImageSigner,
  ImageSigner,
  ImageSigner,
];

export const secureWorld = { version: parseVersion('3.1.0'), digest: new Uint8Array(32).fill(0x5e) };
export const rom = new BootRom({ secureWorld });

/** What a test image is. */
export interface TestImage extends Partial<Omit<ImageOptions, 'core' | 'version'>> {
  readonly version: string;
  readonly signer?: ImageSigner;
  readonly payloadLength?: number;
}

/** An image whose payload is its version's text over and over. */
export function makeImage({
  version,
  signer = firstSigner,
  payloadLength = 3000,
  ...options
}: TestImage): Promise<Uint8Array> {
  return signImage(payloadOf(version, payloadLength), {
    core: nativeCore,
    version: parseVersion(version),
    securityCounter: 1,
    headerSize: 64,
    ...options,
    signer,
  });
}

export function payloadOf(version: string, length = 3000): Uint8Array {
  const text = new TextEncoder().encode(`firmware ${version} `);
  return new Uint8Array(length).map((_, i) => text[i % text.length] as number);
}

/** Fills a slot: as its programmer at the factory does, or bare, with no trailer. */
export async function fill(
  flash: Flash,
  image: Uint8Array,
  request: 'confirm' | 'test' | 'bare' = 'confirm',
): Promise<void> {
  if (request !== 'bare') return programSlot(flash, image, request);
  await flash.erase(0, flash.size);
  const units = new Uint8Array(Math.ceil(image.length / flash.writeSize) * flash.writeSize).fill(erasedByte);
  units.set(image);
  await flash.write(0, units);
}

/** A provisioned board that trusts the first two signers. */
export async function provisionedBoard(options: VirtualBoardOptions = {}): Promise<VirtualBoard> {
  const virtual = new VirtualBoard({ geometry: smallSlot, ...options });
  const board = await virtual.powerOn();
  await board.otp.provision({ rootKeys: [firstSigner.publicKey, secondSigner.publicKey] });
  return virtual;
}

/** 16 KiB: enough for the images here. */
export const smallSlot = { ...virtualSlot, size: 16_384 };

/** Powers a board on and boots it. */
export async function boot(virtual: VirtualBoard): Promise<{ board: Board; decision: BootDecision }> {
  const board = await virtual.powerOn();
  return { board, decision: await rom.boot(board) };
}

/** What a decision comes to: `1.0.0 of slot 0, on trial`, or `off`. */
export function outcomeOfBoot(decision: BootDecision): string {
  if (decision.kind === 'off') return 'off';
  const { major, minor, revision } = decision.image.version;
  return `${major}.${minor}.${revision} of slot ${decision.slot}${decision.trial ? ', on trial' : ''}`;
}

/** The refusals of a log: `slot 1: signature`. */
export function refusals({ log }: BootDecision): string[] {
  return log
    .filter(({ outcome }) => outcome === 'refused')
    .map(({ slot, check }) => `${slot === undefined ? 'board' : `slot ${slot}`}: ${check}`);
}

/** @throws where nothing was started */
export function started(decision: BootDecision): BootStart {
  if (decision.kind === 'off') throw new Error(`off: ${decision.log.map(({ message }) => message).join('; ')}`);
  return decision;
}
