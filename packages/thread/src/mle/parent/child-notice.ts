import type { Instant } from '@selvage/core';

/** News on their way to a child that sleeps, until it answers. */
export interface Notice {
  /** Of how many messages. */
  readonly open: number;
  /** When the last was sent, and how often the child was heard since. */
  readonly at: Instant;
  readonly heard: number;
}

/** Milliseconds until a child that was told something may be told again. */
const pause = 5_000;
/** Frames and polls of a child without its answer: by then the queue has given up what was in it. */
const enoughHeard = 8;

/** The child is told something more. */
export function told(notice: Notice | undefined, now: Instant): Notice {
  return { open: (notice?.open ?? 0) + 1, at: now, heard: 0 };
}

/** The child was heard; @returns the notice, and whether what it was told is lost, as it goes on without an answer. */
export function heardWith(notice: Notice, now: Instant): { readonly notice: Notice; readonly isLost: boolean } {
  const heard = notice.heard + 1;
  return { notice: { ...notice, heard }, isLost: heard >= enoughHeard && now >= notice.at + pause };
}

/** The child answered one. */
export function answered(notice: Notice | undefined): Notice | undefined {
  return notice === undefined || notice.open <= 1 ? undefined : { ...notice, open: notice.open - 1, heard: 0 };
}
