import { type Decoded, mapped, u16 } from '@selvage/core';

const lastBit = 0x8000;
const indexBits = 0x7fff;

/** TLV 32: which part of an answer to a query a message is, counted from 0, and whether it is the last (Thread 1.4). */
export const answerPart = mapped(
  u16,
  (wire) => ({ isLast: (wire & lastBit) !== 0, index: wire & indexBits }),
  ({ isLast, index }) => (isLast ? lastBit : 0) | (index & indexBits),
);

/** What an `answer` TLV says. */
export type AnswerPart = Decoded<typeof answerPart>;
