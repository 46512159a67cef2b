import type { NodeEvent, NodeRunner, ThreadNode } from '@selvage/thread';

/** What became of an echo request. */
export type Outcome = Extract<NodeEvent, { kind: 'echo' }>['outcome'];

/** Sends an echo request; resolves with what became of it. */
export function pinged(runner: NodeRunner, send: (node: ThreadNode, now: number) => number): Promise<Outcome> {
  return new Promise((resolve) => {
    const outcomes: Outcome[] = [];
    const wanted: { sequence?: number } = {};
    const look = (): void => {
      const found = outcomes.find(({ sequence }) => sequence === wanted.sequence);
      if (found === undefined) return;
      stop();
      resolve(found);
    };
    const stop = runner.onEvent((event) => {
      if (event.kind !== 'echo') return;
      outcomes.push(event.outcome);
      look();
    });
    wanted.sequence = runner.run(send);
    look();
  });
}
