import { type DiagnosticName, type DiagnosticTlv, diagnosticTlvs } from './diagnostic-tlvs.js';
import type { DiagnosticReport } from './report.js';

/** What a node can say of itself; what it has not is left out of an answer. */
export type DiagnosticFacts = Omit<DiagnosticReport, 'unknown'>;

const nameOfType = new Map(
  Object.entries(diagnosticTlvs.declarations).map(([name, [type]]) => [type as number, name as DiagnosticName]),
);

/**
 * The TLVs that answer a list of types (Thread 1.3 §10.11.2), in its order; unknown ones are left out.
 * @param isQuery whether lists of children and neighbours may be told, which grow beyond one message
 */
export function diagnosticAnswer(wanted: Iterable<number>, facts: DiagnosticFacts, isQuery: boolean): DiagnosticTlv[] {
  return [...new Set(wanted)].flatMap((type) => {
    const name = nameOfType.get(type);
    return name === undefined ? [] : entriesOf(name, facts, isQuery);
  });
}

function entriesOf(name: DiagnosticName, facts: DiagnosticFacts, isQuery: boolean): DiagnosticTlv[] {
  switch (name) {
    case 'typeList':
    case 'answer':
    case 'queryId':
      return [];
    case 'child':
      return isQuery ? listed(name, facts.children) : [];
    case 'childAddresses':
      return isQuery ? listed(name, facts.childAddresses) : [];
    case 'routerNeighbour':
      return isQuery ? listed(name, facts.routerNeighbours) : [];
    default: {
      const value = facts[name];
      return value === undefined ? [] : [{ type: name, value } as DiagnosticTlv];
    }
  }
}

/** Each in a TLV of its own, and an empty one for their end. */
function listed(
  type: 'child' | 'childAddresses' | 'routerNeighbour',
  values: readonly unknown[] | undefined,
): DiagnosticTlv[] {
  return values === undefined ? [] : [...values, undefined].map((value) => ({ type, value }) as DiagnosticTlv);
}
