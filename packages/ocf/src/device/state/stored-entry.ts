import type { AccessEntry } from '../../security/access-entry.js';

/** An access control entry as a device keeps it; the tag is nobody's business outside. */
export interface StoredEntry extends AccessEntry {
  readonly tag?: string | undefined;
}
