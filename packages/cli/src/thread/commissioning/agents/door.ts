import { lstatSync, mkdirSync, rmSync } from 'node:fs';
import { createServer, connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { errorTable, type ErrorCode, SelvageError, toHex } from '@selvage/core';
import type { Dataset } from '@selvage/thread';
import type { Telling } from '../../../ca/report.js';
import type { ShareWish } from './share-wish.js';
import { readWish } from './share-wish.js';

/** Tells people, wherever they are. */
export interface Teller {
  tell(telling: Telling): void;
  show(telling: Telling): void;
}

/** What comes back through the door, one JSON object a line. */
type Said =
  | { readonly tell: Telling }
  | { readonly show: Telling }
  | { readonly failed: { readonly code: string; readonly message: string; readonly remedy?: string } }
  | { readonly end: true };

/** Whose the folder is alone. */
const [folderMode, others] = [0o700, 0o077] as const;
const mostLine = 4096;

/**
 * Lets other commands of the same user on this host have a passcode shown by the agent that runs here.
 * @param share does it; resolves when nobody is let in any more. `gone` is aborted when whoever asked has left
 * @returns how to close it; undefined where another agent of the network has the door, or none can be made
 */
export async function openDoor(
  env: NodeJS.ProcessEnv,
  dataset: Dataset,
  share: (wish: ShareWish, teller: Teller, gone: AbortSignal) => Promise<void>,
): Promise<(() => Promise<void>) | undefined> {
  const path = doorOf(env, dataset);
  if (path === undefined || (await connected(path).then((socket) => socket?.destroy())) !== undefined) return undefined;
  rmSync(path, { force: true });
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    serve(socket, share);
  });
  const isOpen = await new Promise<boolean>((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(path, () => resolve(true));
  });
  if (!isOpen) return undefined;
  return () => {
    for (const socket of sockets) socket.destroy();
    return new Promise((resolve) => server.close(() => resolve()));
  };
}

/**
 * Has the agent of a network that runs on this host show a passcode; resolves when nobody is let in by it any more.
 * @returns false where no such agent runs here
 * @throws SelvageError as the agent
 */
export async function shareThroughDoor(
  env: NodeJS.ProcessEnv,
  dataset: Dataset,
  wish: ShareWish,
  teller: Teller,
  interrupted: AbortSignal,
): Promise<boolean> {
  const path = doorOf(env, dataset);
  const socket = path === undefined ? undefined : await connected(path);
  if (socket === undefined) return false;
  const leave = (): void => void socket.end();
  interrupted.addEventListener('abort', leave, { once: true });
  socket.write(`${JSON.stringify(wish)}\n`);
  try {
    for await (const line of createInterface({ input: socket })) {
      const said = JSON.parse(line) as Said;
      if ('tell' in said) teller.tell(said.tell);
      if ('show' in said) teller.show(said.show);
      if ('failed' in said) throw failureOf(said.failed);
      if ('end' in said) return true;
    }
  } finally {
    interrupted.removeEventListener('abort', leave);
    socket.destroy();
  }
  if (interrupted.aborted) return true;
  throw new SelvageError('session-closed', 'the border agent has ended', { remedy: 'start it again, and share again' });
}

function serve(socket: Socket, share: Parameters<typeof openDoor>[2]): void {
  const gone = new AbortController();
  const say = (said: Said): void => void (socket.writable && socket.write(`${JSON.stringify(said)}\n`));
  socket.on('error', () => undefined);
  socket.once('close', () => gone.abort());
  socket.once('end', () => gone.abort());
  let text = '';
  const take = (bytes: Buffer): void => {
    text += bytes.toString('utf8');
    if (text.length > mostLine) return void socket.destroy();
    if (!text.includes('\n')) return;
    socket.off('data', take);
    socket.resume();
    const teller: Teller = { tell: (tell) => say({ tell }), show: (shown) => say({ show: shown }) };
    Promise.resolve()
      .then(() => share(readWish(text), teller, gone.signal))
      .then(
        () => say({ end: true }),
        (error: unknown) => say({ failed: toSaid(error) }),
      )
      .finally(() => socket.end())
      .catch(() => undefined);
  };
  socket.on('data', take);
}

/** Undefined where no folder is this user's alone. */
function doorOf(env: NodeJS.ProcessEnv, dataset: Dataset): string | undefined {
  const extendedPanId = dataset.get('extendedPanId');
  const uid = process.getuid?.();
  if (extendedPanId === undefined || uid === undefined) return undefined;
  const folder = env['XDG_RUNTIME_DIR'] ?? join(tmpdir(), `selvage-${uid}`);
  try {
    mkdirSync(folder, { recursive: true, mode: folderMode });
    const found = lstatSync(folder);
    if (!found.isDirectory() || found.uid !== uid || (found.mode & others) !== 0) return undefined;
  } catch {
    return undefined;
  }
  return join(folder, `selvage-${toHex(extendedPanId)}.sock`);
}

function connected(path: string): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('error', () => resolve(undefined));
    socket.once('connect', () => resolve(socket));
  });
}

function toSaid(error: unknown): Extract<Said, { failed: unknown }>['failed'] {
  if (!(error instanceof SelvageError)) return { code: 'internal', message: String(error) };
  const { code, message, remedy } = error;
  return { code, message, ...(remedy !== undefined && { remedy }) };
}

function failureOf({ code, message, remedy }: Extract<Said, { failed: unknown }>['failed']): SelvageError {
  const known = Object.hasOwn(errorTable, code) ? (code as ErrorCode) : 'session-closed';
  return new SelvageError(known, message, remedy === undefined ? {} : { remedy });
}
