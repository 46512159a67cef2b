import { Channel } from '../channel/channel.js';
import type { ByteStream } from '../channel/byte-stream.js';
import { type ChannelSchedule, microtaskSchedule } from '../channel/schedule.js';
import { VaultClient } from '../vault/vault-client.js';
import type { GrantedApi } from './granted-api.js';
import { connectBoard } from './granted-client.js';

/** What the loader hands to the payload of an image: `exports.start(given)`. */
export interface LoaderGift {
  /** The channel's end: all that there is of the world. */
  readonly stream: ByteStream;
}

/** How the entry of an image is made. */
export interface FirmwareEntryOptions {
  readonly schedule?: ChannelSchedule | undefined;
}

/**
 * Makes the `start` that a payload exports of a program that wants to be given its API:
 * `export const start = firmwareEntry(run)`.
 */
export function firmwareEntry(
  run: (api: GrantedApi) => void | Promise<void>,
  { schedule = microtaskSchedule }: FirmwareEntryOptions = {},
): (given: LoaderGift) => Promise<void> {
  return async ({ stream }) => {
    const channel = new Channel(stream, { schedule });
    await run(await connectBoard(channel, await VaultClient.connect(channel)));
  };
}
