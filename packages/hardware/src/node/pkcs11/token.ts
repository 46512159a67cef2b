import { type Secret, SelvageError } from '@selvage/core';
import { ordinaryUser, readWriteSession } from '../../pkcs11/constants.js';
import type { Pkcs11Uri } from '../../pkcs11/uri.js';
import { type Cryptoki, type Handle, reasonOf, releaseLibrary, type TokenInfo, useLibrary } from './cryptoki.js';
import { tokenFailure } from './failures.js';

/** What names one token: all that is given must be so. */
export type TokenChoice = Pick<Pkcs11Uri, 'token' | 'manufacturer' | 'model' | 'serial'>;

/** How a token is opened. */
export interface TokenOptions extends TokenChoice {
  /** The file of the library that speaks to it. */
  readonly modulePath: string;
  /** The user's PIN. */
  readonly pin: Secret;
}

/** Sessions are for one operation at a time; more than these would only wait inside the token. */
const mostSessions = 4;

/** A token with its user logged in, and the sessions in which its operations run side by side. */
export class Token {
  readonly label: string;
  readonly cryptoki: Cryptoki;
  readonly #modulePath: string;
  readonly #slot: Handle;
  readonly #mechanisms: ReadonlySet<number>;
  /** Keeps the user logged in: a token forgets it with the last session. */
  readonly #loggedIn: Handle;
  readonly #idle: Handle[] = [];
  #open = 0;
  readonly #waiting: (() => void)[] = [];
  #closed = false;

  private constructor(cryptoki: Cryptoki, modulePath: string, slot: Handle, label: string, loggedIn: Handle) {
    this.cryptoki = cryptoki;
    this.#modulePath = modulePath;
    this.#slot = slot;
    this.label = label;
    this.#loggedIn = loggedIn;
    this.#mechanisms = new Set(cryptoki.C_GetMechanismList(slot));
  }

  /**
   * Finds the one token that is meant and logs in.
   * @throws SelvageError `key-not-found` for none or several, `wrong-pin`, `key-operation-failed`
   */
  static async open({ modulePath, pin, ...choice }: TokenOptions): Promise<Token> {
    const cryptoki = useLibrary(modulePath);
    try {
      const { slot, label } = chosen(cryptoki, choice);
      const session = logIn(cryptoki, slot, label, pin);
      return new Token(cryptoki, modulePath, slot, label, session);
    } catch (error) {
      releaseLibrary(modulePath);
      throw tokenFailure(choice.token ?? 'that was asked for', 'open', error);
    }
  }

  /** Whether the token has all of these mechanisms. */
  has(...mechanisms: readonly number[]): boolean {
    return mechanisms.every((mechanism) => this.#mechanisms.has(mechanism));
  }

  /**
   * Runs something in a session of its own.
   * @param doing for the error, such as `make a signature`
   * @throws SelvageError `key-operation-failed`, `key-not-found`, `wrong-state` when the token is closed
   */
  async run<Result>(doing: string, work: (session: Handle) => Promise<Result> | Result): Promise<Result> {
    const session = await this.#take(doing);
    try {
      const result = await work(session);
      this.#idle.push(session);
      return result;
    } catch (error) {
      // An operation may be half done in it, and the next one would find it so.
      this.#drop(session);
      throw tokenFailure(this.label, doing, error);
    } finally {
      this.#waiting.shift()?.();
    }
  }

  /** Logs out. What runs now ends first, where it can. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    for (const wake of this.#waiting.splice(0)) wake();
    while (this.#idle.length < this.#open) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    for (const session of this.#idle.splice(0)) this.#drop(session);
    this.#end(this.#loggedIn);
    releaseLibrary(this.#modulePath);
  }

  async #take(doing: string): Promise<Handle> {
    for (;;) {
      if (this.#closed) throw new SelvageError('wrong-state', `the token ${this.label} was closed`);
      const idle = this.#idle.pop();
      if (idle !== undefined) return idle;
      if (this.#open < mostSessions) return this.#start(doing);
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  #start(doing: string): Handle {
    try {
      const session = this.cryptoki.C_OpenSession(this.#slot, readWriteSession);
      this.#open++;
      return session;
    } catch (error) {
      throw tokenFailure(this.label, doing, error);
    }
  }

  #drop(session: Handle): void {
    this.#open--;
    this.#end(session);
  }

  #end(session: Handle): void {
    try {
      this.cryptoki.C_CloseSession(session);
    } catch {
      // A token that was pulled out has none.
    }
  }
}

function chosen(cryptoki: Cryptoki, choice: TokenChoice): { slot: Handle; label: string } {
  const present = cryptoki.C_GetSlotList(true).map((slot) => ({ slot, info: cryptoki.C_GetTokenInfo(slot) }));
  const fitting = present.filter(({ info }) => fits(info, choice));
  const [only] = fitting;
  if (only !== undefined && fitting.length === 1) return { slot: only.slot, label: only.info.label.trim() };
  const labels = present.flatMap(({ info }) => info.label.trim() || []).sort();
  const wanted = choice.token === undefined ? 'no one token fits' : `there is no one token ${choice.token}`;
  throw new SelvageError('key-not-found', `${wanted}: ${fitting.length} do`, {
    details: { tokens: labels.join(', ') },
    remedy: labels.length === 0 ? 'no token is there' : `name one of these: ${labels.join(', ')}; or give its serial`,
  });
}

function fits(info: TokenInfo, { token, manufacturer, model, serial }: TokenChoice): boolean {
  const pairs = [
    [token, info.label],
    [manufacturer, info.manufacturerID],
    [model, info.model],
    [serial, info.serialNumber],
  ] as const;
  return pairs.every(([wanted, actual]) => wanted === undefined || wanted === actual.trim());
}

function logIn(cryptoki: Cryptoki, slot: Handle, label: string, pin: Secret): Handle {
  const session = cryptoki.C_OpenSession(slot, readWriteSession);
  try {
    cryptoki.C_Login(session, ordinaryUser, Buffer.from(pin.reveal()).toString('utf8'));
  } catch (error) {
    // The PIN is asked once a process and token, for all its sessions.
    if (reasonOf(error) !== 'CKR_USER_ALREADY_LOGGED_IN') {
      cryptoki.C_CloseSession(session);
      throw tokenFailure(label, 'log in', error);
    }
  }
  return session;
}
