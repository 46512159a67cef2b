/** Opens the vault in a folder, as a command does, and ends. */
import { systemClock } from '@selvage/core/node';
import { openVault } from '../../../dist/keeping/kept-vault.js';

const folder = process.argv[2] ?? '';
const vault = await openVault({ clock: systemClock }, { folder, what: 'the site' });
await vault.close();
