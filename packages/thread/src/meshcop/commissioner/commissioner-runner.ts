import { Alarm, type Clock } from '@selvage/core';
import { Commissioner, type CommissionerOptions } from './commissioner.js';
import type { CommissionerEvent } from './commissioner-event.js';
import type { NetworkNews, NetworkRequest } from './network-access.js';

/** A commissioner's way into the network, as it is driven. */
export interface NetworkAccess {
  request(request: NetworkRequest): void;
  onNews(listener: (news: NetworkNews) => void): void;
}

/** Drives a {@link Commissioner} on a clock and a way into the network. */
export class CommissionerRunner {
  readonly commissioner: Commissioner;
  readonly #clock: Clock;
  readonly #access: NetworkAccess;
  readonly #alarm: Alarm;
  readonly #listeners = new Set<(event: CommissionerEvent) => void>();
  #isPumping = false;
  #isStopped = false;

  constructor(options: CommissionerOptions, clock: Clock, access: NetworkAccess) {
    this.commissioner = new Commissioner(options);
    this.#clock = clock;
    this.#access = access;
    this.#alarm = new Alarm(clock, () => this.pump());
    access.onNews((news) => {
      if (this.#isStopped) return;
      this.commissioner.handle(news, clock.now());
      this.pump();
    });
  }

  /** Calls `listener` for each event; returns how to stop it. */
  onEvent(listener: (event: CommissionerEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Calls the commissioner and lets begin what it then wants. */
  run<T>(action: (commissioner: Commissioner, now: number) => T): T {
    const result = action(this.commissioner, this.#clock.now());
    this.pump();
    return result;
  }

  /** Nothing more is done; the commissioner should have resigned. */
  stop(): void {
    this.#isStopped = true;
    this.#alarm.set(undefined);
  }

  pump(): void {
    if (this.#isPumping || this.#isStopped) return;
    this.#isPumping = true;
    try {
      for (let output = this.#poll(); output !== undefined; output = this.#poll()) {
        if (output.kind !== 'event') this.#access.request(output);
        else for (const listener of [...this.#listeners]) listener(output.event);
      }
    } finally {
      this.#isPumping = false;
    }
    this.#alarm.set(this.commissioner.deadline);
  }

  #poll(): ReturnType<Commissioner['poll']> {
    return this.commissioner.poll(this.#clock.now());
  }
}
