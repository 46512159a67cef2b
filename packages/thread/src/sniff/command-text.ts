import type { SeenMle } from './seen-frame.js';

/** `MLE Child Id Request`; `MLE, sealed` where no key opened it. */
export function mleText({ openness, message }: SeenMle): string {
  if (openness === 'sealed' || message === undefined) return 'MLE, sealed';
  const { command } = message;
  return typeof command === 'string' ? `MLE ${words(command)}` : `MLE command ${command.unknown}`;
}

function words(name: string): string {
  const spaced = name.replace(/([A-Z])/g, ' $1');
  return `${spaced.charAt(0).toUpperCase()}${spaced.slice(1)}`.replace(' And ', ' and ');
}
