/** A world of settled nodes in one process: how much faster than real time it lives, and what a node weighs. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { SelvageError } from '@selvage/core';
import type { Figure } from '../figure.js';

const nodes = 250;

/** What the process that holds the world says of it. */
interface Scale {
  readonly bytes: number;
  readonly times: number;
  readonly frames: number;
  readonly routers: number;
  readonly partitions: number;
  readonly attached: number;
}

let scale: Scale | undefined;

const speed: Figure = {
  name: 'sim.speed',
  work: `virtual time ÷ CPU time, ${nodes} settled nodes in one process, all cryptography real`,
  unit: 'times',
  atLeast: 100,
  measure: () => {
    const { times, frames, routers, partitions, attached } = weighed();
    const note = `${attached} attached, ${routers} routers, partitions: ${partitions}; ${frames} frames in 10 virtual minutes`;
    return { measured: { value: times, n: nodes, note } };
  },
};

const memory: Figure = {
  name: 'sim.memory',
  work: `resident memory after collection ÷ node, the same world`,
  unit: 'KiB',
  atMost: 300,
  measure: () => {
    const note = 'growth over a process with a world of 10; air, stores and key homes included';
    return { measured: { value: weighed().bytes / 1024, n: nodes, note } };
  },
};

export const sim: readonly Figure[] = [speed, memory];

/** One process for both figures. */
function weighed(): Scale {
  if (scale !== undefined) return scale;
  const program = fileURLToPath(new URL('../sim/world-scale.js', import.meta.url));
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--expose-gc', program, String(nodes)], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new SelvageError('wrong-state', `the world failed: ${stderr}`);
  return (scale = JSON.parse(stdout) as Scale);
}
