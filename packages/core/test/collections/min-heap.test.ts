import { describe, expect, it } from 'vitest';
import { type HeapEntry, MinHeap } from '@selvage/core';
import { SeededRandom } from '@selvage/core/virtual';

describe('MinHeap', () => {
  it('is empty at first', () => {
    const heap = new MinHeap<string>();
    expect([heap.size, heap.peek(), heap.pop()]).toEqual([0, undefined, undefined]);
  });

  it('pops by ascending key, equal keys in the order of insertion', () => {
    const heap = new MinHeap<string>();
    for (const [key, value] of [
      [2, 'c'],
      [1, 'a'],
      [2, 'd'],
      [1, 'b'],
      [3, 'e'],
    ] as const)
      heap.insert(key, value);
    expect(heap.peek()?.value).toBe('a');
    expect(drain(heap)).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  it('removes by handle, once', () => {
    const heap = new MinHeap<string>();
    const [a, b] = [heap.insert(1, 'a'), heap.insert(2, 'b')];
    heap.insert(3, 'c');
    expect([heap.remove(b), heap.remove(b), heap.size]).toEqual([true, false, 2]);
    expect(heap.pop()).toBe(a);
    expect([heap.remove(a), drain(heap)]).toEqual([false, ['c']]);
  });

  it('does not take the handle of another heap for its own', () => {
    const heap = new MinHeap<string>();
    heap.insert(1, 'mine');
    const foreign = new MinHeap<string>().insert(1, 'foreign');
    expect([heap.remove(foreign), heap.size]).toEqual([false, 1]);
  });

  it('moves an entry to its new key, behind those that have it, and takes a removed one back', () => {
    const heap = new MinHeap<string>();
    const [a, b] = [heap.insert(1, 'a'), heap.insert(2, 'b')];
    heap.insert(3, 'c');
    heap.update(a, 3);
    heap.update(b, 4);
    expect(drain(heap)).toEqual(['c', 'a', 'b']);
    heap.update(a, 0);
    expect([heap.size, heap.peek()]).toEqual([1, a]);
  });

  it('agrees with a sorted list through 20,000 random operations (seed 1)', () => {
    const random = new SeededRandom(1);
    const heap = new MinHeap<number>();
    const model: { entry: HeapEntry<number>; order: number }[] = [];
    let order = 0;
    for (let i = 0; i < 20_000; i++) {
      const at = random.below(model.length);
      const held = model[at];
      switch (random.below(held === undefined || model.length < 50 ? 1 : 4)) {
        case 0:
          model.push({ entry: heap.insert(random.below(40), i), order: order++ });
          break;
        case 1:
          expect(heap.remove(held!.entry)).toBe(true);
          model.splice(at, 1);
          break;
        case 2:
          heap.update(held!.entry, random.below(40));
          held!.order = order++;
          break;
        default: {
          model.sort((a, b) => a.entry.key - b.entry.key || a.order - b.order);
          expect(heap.pop()).toBe(model.shift()?.entry);
        }
      }
    }
    model.sort((a, b) => a.entry.key - b.entry.key || a.order - b.order);
    expect(drain(heap)).toEqual(model.map(({ entry }) => entry.value));
  });

  it('takes logarithmic work: 10,000 timers moved 10 times each cost under 40 comparisons a move', () => {
    let reads = 0;
    const counted = (key: number): number => ({ valueOf: () => (reads++, key) }) as unknown as number;
    const heap = new MinHeap<number>();
    const entries = Array.from({ length: 10_000 }, (_, i) => heap.insert(counted(i), i));
    reads = 0;
    const random = new SeededRandom(2);
    for (let i = 0; i < 100_000; i++) heap.update(entries[i % 10_000]!, counted(random.below(100_000)));
    // A comparison reads two keys, and a second two where they are equal or greater.
    expect(reads / 100_000 / 2).toBeLessThan(40);
  });
});

function drain<T>(heap: MinHeap<T>): T[] {
  const values: T[] = [];
  for (let entry = heap.pop(); entry !== undefined; entry = heap.pop()) values.push(entry.value);
  return values;
}
