/** Thread 1.4, in the Version TLV (Thread 1.3 §4.4.18 and later). */
export const threadVersion = 5;
