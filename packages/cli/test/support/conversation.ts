import { TestSurface, type TestSurfaceOptions } from './test-surface.js';

export interface Ended {
  readonly client: TestSurface;
  readonly server: TestSurface;
  readonly clientExit: number;
  readonly serverExit: number;
}

export interface ConversationOptions {
  readonly server: readonly string[];
  readonly client: readonly string[];
  /** What the client types, before its input ends. */
  readonly types?: string;
  readonly env?: { readonly client?: TestSurfaceOptions['env']; readonly server?: TestSurfaceOptions['env'] };
}

/** Runs `dtls server --once` and `dtls client` against each other, until both have ended. */
export async function converse(options: ConversationOptions): Promise<Ended> {
  const server = new TestSurface({ env: options.env?.server ?? {} });
  const serverEnd = server.run('dtls', 'server', '--listen', '127.0.0.1:0', '--once', ...options.server);
  const address = await Promise.race([listening(server), serverEnd]);
  if (typeof address === 'number') throw new Error(`the server ended with ${address}: ${server.stderr.text}`);
  const client = new TestSurface({ env: options.env?.client ?? {} });
  if (options.types !== undefined) client.stdin.type(options.types);
  client.stdin.end();
  const clientExit = await client.run('dtls', 'client', address, '--linger', '100', ...options.client);
  return { client, server, clientExit, serverExit: await serverEnd };
}

/** The address that a server listens on. */
export async function listening(server: TestSurface): Promise<string> {
  const found = await Promise.race([
    server.stderr.shows(/listening on (\S+)/),
    server.stdout.shows(/"event":"listening","address":"([^"]+)"/),
  ]);
  return found[1] as string;
}
