const uuidText = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/;
const uuidOnly = new RegExp(`^(ocf://)?${uuidText.source}\0?$`);
const endpoint = /^(coaps?(?:\+tcp)?):\/\/.+:\d+$/;

/**
 * What the reference chose for itself and what ours chose in its place: identifiers of devices, credentials and entries,
 * endpoints. A name stands for the other wherever it occurs, so that a value that differs may differ in one way only.
 */
export class Renaming {
  readonly #ours = new Map<string, string>();
  readonly #theirs = new Map<string, string>();

  /** Whether two names may stand for one another; from now on they do, if neither has been seen. */
  matches(kind: string, theirs: string, ours: string): boolean {
    const [there, here] = [`${kind} ${theirs}`, `${kind} ${ours}`];
    const known = this.#ours.get(there);
    if (known !== undefined || this.#theirs.has(here)) return known === here;
    this.#ours.set(there, here);
    this.#theirs.set(here, there);
    return true;
  }

  /** Our name for one of the reference's; the same where it has none. */
  ours(kind: string, theirs: string): string {
    return this.#ours.get(`${kind} ${theirs}`)?.slice(kind.length + 1) ?? theirs;
  }

  /** The reference's name for one of ours; the same where it has none. */
  theirs(kind: string, ours: string): string {
    return this.#theirs.get(`${kind} ${ours}`)?.slice(kind.length + 1) ?? ours;
  }
}

/** The kind of name that a text is, by its form; `undefined` for any other text. */
export function kindOfName(text: string): string | undefined {
  if (uuidOnly.test(text)) return 'uuid';
  const scheme = endpoint.exec(text)?.[1];
  return scheme === undefined ? undefined : `${scheme} endpoint`;
}

/** A name without what stands around it: the scheme of an anchor, and the byte that ends a text in C. */
export function bareName(text: string): string {
  return text.replace(/^ocf:\/\//, '').replace(/\0$/, '');
}
