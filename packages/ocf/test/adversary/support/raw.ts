import { contentFormat, type CoapRequest, option } from '@selvage/coap';
import type { Answer, Peer, PeerSessionOf } from '../../device/support/peer.js';
import type { World } from '../../device/support/world.js';

/** Sends bytes as they are, in the content format of OCF, over a session or in the clear. */
export async function sendRaw(
  world: World,
  over: PeerSessionOf | Peer,
  path: string,
  payload: Uint8Array,
  more: Partial<CoapRequest> = {},
): Promise<Answer['code']> {
  const request: CoapRequest = {
    method: 'POST',
    path,
    payload,
    contentFormat: contentFormat.ocfCbor,
    ...more,
  };
  const asking =
    'plain' in over ? over.plain.request(world.plain.address, request) : over.coap.request(over.to, request);
  return (await world.run(asking)).code;
}

/** One block of a body, sent as it is (RFC 7959 §2.5). */
export function blockOf(number: number, more: boolean): Partial<CoapRequest> {
  return { options: [option.block1.of({ number, more, size: 1024 })] };
}
