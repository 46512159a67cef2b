import { call, construct, module, type Way } from './realm.js';
import type { Targets } from './targets.js';

/** Reading what is not the firmware's, and writing anywhere at all. */
export function fileWays({ board, secretFile, linkToSecret, openFolder, securePid }: Targets): readonly Way[] {
  const files = {
    'the sealed store': `${board}/flash/store`,
    'the chip’s unique key': `${board}/chip/unique-key`,
    'the chip’s one-time memory': `${board}/chip/otp`,
    'the other slot': `${board}/flash/slot-1`,
    'a secret': secretFile,
    'a secret, through a symbolic link': linkToSecret,
    'a secret, by a path that climbs': `/usr/lib/../..${secretFile}`,
    'the users': '/etc/passwd',
    'the own environment': '/proc/self/environ',
    'the own memory map': '/proc/self/maps',
    'the environment of process 1': '/proc/1/environ',
    'the secure world’s environment': `/proc/${securePid}/environ`,
    'the secure world’s memory map': `/proc/${securePid}/maps`,
    'the secure world’s memory': `/proc/${securePid}/mem`,
    'the secure world’s command line': `/proc/${securePid}/cmdline`,
    'Node itself': '/node',
    'a library': '/usr/lib/os-release',
    'the disk': '/dev/vda',
  };
  const reading = Object.entries(files).map(
    ([what, path]): Way => ({
      name: `read ${what}`,
      go: () => `${String((call('fs', 'readFileSync', path) as Uint8Array).length)} bytes`,
    }),
  );
  return [
    ...reading,
    { name: 'read a secret, by a promise', go: () => call('fs/promises', 'readFile', secretFile) },
    { name: 'read a secret, by a stream', go: () => call('fs', 'openSync', secretFile) },
    { name: 'read a secret, as a blob', go: () => call('fs', 'openAsBlob', secretFile) },
    { name: 'read a secret, by a path of bytes', go: () => call('fs', 'readFileSync', bytesOf(secretFile)) },
    { name: 'read a secret, by a URL', go: () => call('fs', 'readFileSync', new URL(`file://${secretFile}`)) },
    { name: 'look whether a secret is there', go: () => call('fs', 'existsSync', secretFile) },
    { name: 'list the root', go: () => call('fs', 'readdirSync', '/') },
    { name: 'list the secure world’s descriptors', go: () => call('fs', 'readdirSync', `/proc/${securePid}/fd`) },
    { name: 'watch a folder', go: () => call('fs', 'watch', openFolder) },
    { name: 'ask for the size of a file system', go: () => call('fs', 'statfsSync', '/') },
    { name: 'write a file', go: () => call('fs', 'writeFileSync', `${openFolder}/hostile`, 'x') ?? 'written' },
    { name: 'write beside itself', go: () => call('fs', 'writeFileSync', 'hostile', 'x') ?? 'written' },
    {
      name: 'write to the slot that runs',
      go: () => call('fs', 'writeFileSync', `${board}/flash/slot-0`, 'x') ?? 'written',
    },
    { name: 'cut the sealed store', go: () => call('fs', 'truncateSync', `${board}/flash/store`) ?? 'cut' },
    { name: 'remove the sealed store', go: () => call('fs', 'unlinkSync', `${board}/flash/store`) ?? 'removed' },
    { name: 'make a folder', go: () => call('fs', 'mkdirSync', `${openFolder}/folder`) ?? 'made' },
    { name: 'make a symbolic link', go: () => call('fs', 'symlinkSync', secretFile, `${openFolder}/link`) ?? 'made' },
    { name: 'make a hard link', go: () => call('fs', 'linkSync', secretFile, `${openFolder}/hard`) ?? 'made' },
    { name: 'rename a file', go: () => call('fs', 'renameSync', secretFile, `${openFolder}/taken`) ?? 'renamed' },
    { name: 'change the mode of a file', go: () => call('fs', 'chmodSync', secretFile, 0o777) ?? 'changed' },
    { name: 'copy a file', go: () => call('fs', 'copyFileSync', secretFile, `${openFolder}/copy`) ?? 'copied' },
    {
      name: 'open a database',
      go: () => construct(module('sqlite')['DatabaseSync'], `${openFolder}/base`),
    },
  ];
}

function bytesOf(path: string): Uint8Array {
  return new TextEncoder().encode(path);
}
