import type { BoardNews, BoardNewsOf, JsonError, MeshPlace } from '@selvage/device/node';
import type { DeviceStateName, TransferMethod, Uuid } from '@selvage/ocf';
import type { Asked, JsonValues } from './order.js';

/** What a device of the show tells, and its board. */
export type DeviceNews = { readonly name: string } & (
  | BoardNewsOf<'boot'>
  /** The firmware serves. */
  | {
      readonly event: 'running';
      readonly device: Uuid;
      readonly state: DeviceStateName;
      readonly methods: readonly TransferMethod[];
    }
  /** How far its board is on its way into a mesh. */
  | BoardNewsOf<'joining'>
  | BoardNewsOf<'joined'>
  | BoardNewsOf<'not-joined'>
  | BoardNewsOf<'moved'>
  | BoardNewsOf<'key-sequence'>
  /** Where its board is in its mesh. */
  | ({ readonly event: 'mesh' } & MeshPlace)
  | { readonly event: 'pin'; readonly pin: string }
  | {
      readonly event: 'state';
      readonly state: DeviceStateName;
      readonly before: DeviceStateName;
      readonly device: Uuid;
      /** Absent while nobody owns it. */
      readonly owner?: Uuid;
    }
  | { readonly event: 'changed'; readonly path: string; readonly values: JsonValues }
  | { readonly event: 'denied'; readonly method: string; readonly path: string; peer?: Uuid }
  | { readonly event: 'handshake-failed'; readonly from: string; readonly error: JsonError }
  /** A linked device passed a change on. */
  | ({
      readonly event: 'sent';
      readonly to: Uuid;
      readonly path: string;
      readonly sent: JsonValues;
      readonly error?: JsonError;
    } & Partial<Asked>)
  | { readonly event: 'answer'; readonly order: number; readonly result?: object; readonly error?: JsonError }
  | { readonly event: 'log'; readonly line: string }
  | { readonly event: 'wiped' }
  | { readonly event: 'stopped'; readonly why: string }
  | { readonly event: 'failed'; readonly error: JsonError }
);

/** The news of a kind. */
export type NewsOf<K extends DeviceNews['event']> = Extract<DeviceNews, { readonly event: K }>;

/** What the news of a board are to those who look at the device; `undefined` where they are nothing. */
export function deviceNews(name: string, news: BoardNews): DeviceNews | undefined {
  if (news.event !== 'shown') return { ...news, name };
  const { peripheral, value } = news;
  switch (peripheral) {
    case 'console':
      return { ...(value as NewsOf<'running'>), name };
    case 'panel':
      return { ...(value as NewsOf<'answer'>), event: 'answer', name };
    case 'display':
      return typeof value === 'string' ? { event: 'pin', name, pin: value } : undefined;
    default:
      return undefined;
  }
}
