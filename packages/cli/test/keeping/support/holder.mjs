/** Opens the vault in a folder, keeps a value, says so, and has it open until somebody ends it. */
import { systemClock } from '@selvage/core/node';
import { openVault } from '../../../dist/keeping/kept-vault.js';

const folder = process.argv[2] ?? '';
const vault = await openVault({ clock: systemClock }, { folder, what: 'the site' });
await vault.store.put('kept', Uint8Array.of(1, 2, 3));
process.stdout.write('holds it\n');
setInterval(() => undefined, 1000);
