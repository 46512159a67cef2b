import type { Sink, Surface } from './surface.js';

/** Ways to set text apart. Without colours each returns the text as it is. */
export interface Style {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly accent: (text: string) => string;
  readonly warning: (text: string) => string;
}

const plain = (text: string): string => text;
const sequence =
  (open: number, close: number) =>
  (text: string): string =>
    `\u001b[${open}m${text}\u001b[${close}m`;

const coloured: Style = {
  bold: sequence(1, 22),
  dim: sequence(2, 22),
  good: sequence(32, 39),
  bad: sequence(31, 39),
  accent: sequence(36, 39),
  warning: sequence(33, 39),
};
const uncoloured: Style = { bold: plain, dim: plain, good: plain, bad: plain, accent: plain, warning: plain };

/** Colours on a terminal only, and never with NO_COLOR (https://no-color.org) or on a dumb one. */
export function styleFor(sink: Sink, env: Surface['env']): Style {
  const wanted = (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb';
  return sink.isTerminal && wanted ? coloured : uncoloured;
}
