import {
  first,
  option,
  type Block,
  type BlockSize,
  type CoapMessage,
  type ServerRequest,
  type ServerResponse,
} from '../../../src/index.js';
import type { Options, World } from '../../support/world.js';

/** Of the resource that bodies go to. */
export const path = [option.uriPath.of('big')];

export const block1 = (number: number, more: boolean, size: BlockSize) => option.block1.of({ number, more, size });
export const block2 = (number: number, more: boolean, size: BlockSize) => option.block2.of({ number, more, size });

/** A block as `number/more/size`. */
export const show = (block: Block | undefined): string | undefined =>
  block && `${block.number}/${block.more ? 1 : 0}/${block.size}`;
export const block1Of = (message: CoapMessage): string | undefined => show(first(message.options, option.block1));
export const block2Of = (message: CoapMessage): string | undefined => show(first(message.options, option.block2));

/** A server that keeps what is sent to it, and serves it again. */
export function storing(world: World, options: Options = {}) {
  const bodies: Uint8Array[] = [];
  const handler = ({ method, payload }: ServerRequest): ServerResponse => {
    if (method === 'GET' || method === 'FETCH') return { code: '2.05', payload: bodies.at(-1) ?? new Uint8Array() };
    bodies.push(payload);
    return method === 'POST' ? { code: '2.04', payload } : { code: '2.04' };
  };
  return { server: world.endpoint('server', { handler, ...options }), bodies };
}
