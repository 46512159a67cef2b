/** The lives of a board, in their order. There is no way back. */
export const lifeCycles = ['virgin', 'provisioned', 'secured', 'returned'] as const;

/**
 * What a board is allowed: a virgin one starts nothing and takes its root keys; a provisioned one starts what they
 * signed; a secured one does, with debugging locked for good; one that was returned to its maker starts nothing.
 */
export type LifeCycle = (typeof lifeCycles)[number];

/** Whether a board of that life cycle starts firmware. */
export function startsFirmware(lifeCycle: LifeCycle): boolean {
  return lifeCycle === 'provisioned' || lifeCycle === 'secured';
}

/** Whether `a` comes after `b`. */
export function isLater(a: LifeCycle, b: LifeCycle): boolean {
  return lifeCycles.indexOf(a) > lifeCycles.indexOf(b);
}
