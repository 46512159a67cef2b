/** What imgtool and this are asked to do with the same words, for each kind of key. */

export type Kind = 'p256' | 'ed25519';

/** One way to sign: its name and the words of the command line, which are the same for both programs. */
export interface Way {
  readonly name: string;
  readonly words: readonly string[];
  /** The kinds of keys that it is for; both where nothing is said. */
  readonly kinds?: readonly Kind[];
  /** The payload: `payload-1000.bin`, or the same behind zeros for a header. */
  readonly withRoom?: true;
  /** Set where the payload in the file is encrypted: imgtool has no way to verify that. */
  readonly encrypted?: true;
}

const version = ['-v', '1.2.3+4'];
const plain = [...version, '--pad-header'];
const slot = ['-S', '0x1000', '--align', '4', '-M', '4'];
const size = ['-S', '0x4000'];

/** `{enc}` stands for the public key to encrypt to. */
export const ways: readonly Way[] = [
  { name: 'plain', words: [...plain, ...size] },
  { name: 'version-short', words: ['-v', '7', '--pad-header', ...size] },
  { name: 'version-largest', words: ['-v', '255.255.65535+4294967295', '--pad-header', ...size] },
  { name: 'counter', words: [...plain, '-s', '0x10', ...size] },
  { name: 'counter-auto', words: ['-v', '2.5.9', '-s', 'auto', '--pad-header', ...size] },
  { name: 'dependencies', words: [...plain, '-d', '(1, 1.2.0)(2, 3.4.5+6)', ...size] },
  { name: 'boot-record', words: [...plain, '--boot-record', 'APP', ...size] },
  { name: 'full-key', words: [...plain, '--public-key-format', 'full', ...size] },
  {
    name: 'custom-tlvs',
    words: [...plain, '--custom-tlv', '0xa0', '0x01020304', '--custom-tlv', '0xb5', 'hello', ...size],
  },
  { name: 'uuids-of-names', words: [...plain, '--vid', 'acme.example', '--cid', 'sensor-1', ...size] },
  {
    name: 'uuids',
    words: [
      ...plain,
      '--vid',
      '12345678-1234-5678-1234-567812345678',
      '--cid',
      '0123456789abcdef0123456789abcdef',
      ...size,
    ],
  },
  {
    name: 'everything-protected',
    words: [
      ...plain,
      '-s',
      '9',
      '--boot-record',
      'APP',
      '-d',
      '(1,1.0)',
      '--vid',
      'acme.example',
      '--custom-tlv',
      '0xfe',
      '0xff',
      ...size,
    ],
  },
  { name: 'header-512', words: [...plain, '-H', '0x200', ...size] },
  { name: 'header-erased-0', words: [...plain, '-H', '0x80', '-R', '0', ...size] },
  { name: 'header-inside', words: [...version, '-H', '0x200', ...size], withRoom: true },
  { name: 'ram-load', words: [...plain, '-L', '0x20000000', ...size] },
  { name: 'rom-fixed', words: [...plain, '-F', '0x8000', ...size] },
  { name: 'non-bootable', words: [...plain, '--non-bootable', ...size] },
  { name: 'pad', words: [...plain, ...slot, '--pad'] },
  { name: 'test', words: [...plain, ...slot, '--test'] },
  { name: 'confirm', words: [...plain, ...slot, '--confirm'] },
  { name: 'confirm-max-align-16', words: [...plain, ...slot, '--max-align', '16', '--confirm'] },
  { name: 'confirm-align-32', words: [...plain, '-S', '0x1000', '--align', '32', '-M', '4', '--confirm'] },
  { name: 'overwrite-only', words: [...plain, ...slot, '--overwrite-only', '--pad'] },
  { name: 'pad-erased-0', words: [...plain, ...slot, '-R', '0', '--pad'] },
  { name: 'pad-signature', words: [...plain, '--pad-sig', ...size], kinds: ['p256'] },
  { name: 'pure', words: [...plain, '--pure', ...size], kinds: ['ed25519'] },
  {
    name: 'pure-full',
    words: [...plain, '--pure', '--public-key-format', 'full', '-s', '3', ...size],
    kinds: ['ed25519'],
  },
  { name: 'sha-512', words: [...plain, '--sha', '512', '-s', '3', ...size], kinds: ['ed25519'] },
  {
    name: 'sha-512-boot-record',
    words: [...plain, '--sha', '512', '--boot-record', 'APP', ...size],
    kinds: ['ed25519'],
  },
  { name: 'encrypted', words: [...plain, '-s', '9', '-E', '{enc}', ...size], encrypted: true },
  { name: 'encrypted-256', words: [...plain, '-E', '{enc}', '--encrypt-keylen', '256', ...size], encrypted: true },
  { name: 'encrypted-confirm', words: [...plain, '-E', '{enc}', ...slot, '--confirm'], encrypted: true },
  { name: 'encrypted-clear', words: [...plain, '-E', '{enc}', '--clear', ...size] },
  { name: 'encrypted-256-clear', words: [...plain, '-E', '{enc}', '--encrypt-keylen', '256', '--clear', ...size] },
];

/** Every way with every kind of key that it is for. */
export const matrix: readonly (Way & { readonly kind: Kind })[] = (['p256', 'ed25519'] as const).flatMap((kind) =>
  ways.filter(({ kinds }) => kinds?.includes(kind) ?? true).map((way) => ({ ...way, kind })),
);
