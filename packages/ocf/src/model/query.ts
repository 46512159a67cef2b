/** The query of a request: `if=oic.if.baseline&rt=oic.r.doxm` as names and values. */
export class Query {
  readonly #values = new Map<string, string[]>();

  /** @param args the arguments as messages have them; one that holds several, joined by `&`, is taken apart */
  constructor(args: readonly string[] = []) {
    for (const argument of args.flatMap((one) => one.split('&'))) {
      const end = argument.indexOf('=');
      const name = end < 0 ? argument : argument.slice(0, end);
      const value = end < 0 ? '' : argument.slice(end + 1);
      const values = this.#values.get(name);
      if (values === undefined) this.#values.set(name, [value]);
      else values.push(value);
    }
  }

  /** The first value of a name; `undefined` where the query does not have it. */
  first(name: string): string | undefined {
    return this.#values.get(name)?.[0];
  }

  /** All values of a name, in order. */
  all(name: string): readonly string[] {
    return this.#values.get(name) ?? none;
  }
}

const none: readonly string[] = [];

/** The query of a request that has none. */
export const noQuery = new Query();

/** The query of a request's arguments. */
export function parseQuery(args: readonly string[]): Query {
  return args.length === 0 ? noQuery : new Query(args);
}

/** Whether a request to a group is for the device: it names no device, or this one among others. */
export function addressesDevice(args: readonly string[], device: string): boolean {
  if (args.length === 0) return true;
  const named = parseQuery(args).all('di');
  return named.length === 0 || named.includes(device);
}
