const runs = 5;

/**
 * The CPU time of this process that work takes, the least of five runs, milliseconds: a machine that has much else to do
 * lets work wait, and does not make it more.
 */
export function leastCpuTime(work: () => void): number {
  let least = Infinity;
  for (let run = 0; run < runs; run++) {
    const before = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(before);
    least = Math.min(least, (user + system) / 1000);
  }
  return least;
}
