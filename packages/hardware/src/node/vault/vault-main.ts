/**
 * The process of an operator's vault. Descriptor 3 is a channel to the one process that it works for, and ends with it;
 * the first argument is the folder. It is started by {@link VaultProcess} alone.
 */
import { decode, Secret, SelvageError } from '@selvage/core';
import { keepMemoryOutOfCoreDumps, sweepBuffersInPlace } from '@selvage/core/node';
import { Channel } from '../../channel/channel.js';
import { hostService, openOperation, openRequest } from '../../vault/host-wire.js';
import { serveVault } from '../../vault/vault-service.js';
import { vaultService } from '../../vault/vault-wire.js';
import { inheritedStream, nodeSchedule } from '../channel/socket-stream.js';
import { FolderVault } from './folder-vault.js';

keepMemoryOutOfCoreDumps();
sweepBuffersInPlace();
// Ctrl-C goes to all processes of a terminal: the one that this one works for decides what becomes of it.
process.on('SIGINT', () => undefined);

const channel = new Channel(inheritedStream(3), { schedule: nodeSchedule });
let opening: Promise<FolderVault> | undefined;

channel.serve(hostService, {
  request: async ({ operation, body }) => {
    if (operation !== openOperation || opening !== undefined) {
      throw new SelvageError('wrong-state', 'the vault is opened once');
    }
    const { unlock, create, iterations, client } = decode(openRequest, body);
    const secret = unlock.length > 0 ? Secret.of(unlock) : undefined;
    unlock.fill(0);
    opening = FolderVault.open({
      folder: process.argv[2] ?? '.',
      unlock: secret,
      create: create === 'yes',
      iterations: iterations === 0 ? undefined : iterations,
    }).finally(() => secret?.dispose());
    const { engine } = await opening;
    channel.serve(vaultService, serveVault(engine.client(new TextDecoder().decode(client))));
    return new Uint8Array(0);
  },
});

channel.onClose(() => {
  void (async () => {
    const vault = await opening?.catch(() => undefined);
    await vault?.close().catch(() => undefined);
    process.exit(0);
  })();
});
