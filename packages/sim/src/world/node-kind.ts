import type { OpenNodeOptions } from '@selvage/thread';

/** What a node of a world is: a full device that becomes a router where the mesh wants one, or one of the end devices. */
export type NodeKind = 'router' | 'end-device' | 'sleepy';

/** In the order in which people are told them. */
export const nodeKinds: readonly NodeKind[] = ['router', 'end-device', 'sleepy'];

/** How a node of a kind is opened. */
export function settingsOf(
  kind: NodeKind,
  pollPeriod: number | undefined,
): { readonly child: NonNullable<OpenNodeOptions['child']>; readonly router: NonNullable<OpenNodeOptions['router']> } {
  const child = { sleepy: kind === 'sleepy', full: kind === 'router', ...(pollPeriod !== undefined && { pollPeriod }) };
  return { child, router: { formsPartition: true } };
}
