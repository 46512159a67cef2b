import type { MeshRoutes } from '../mesh/mesh-routes.js';
import type { ChildTable } from '../mle/parent/child-table.js';

/** Where a node is in the mesh: whom its packets go to. */
export type Place =
  | { readonly kind: 'none' }
  | {
      readonly kind: 'child';
      readonly rloc16: number;
      readonly parent: { readonly rloc16: number };
      /** Of a full device alone: it routes its own frames by locators, all of them over its parent. */
      readonly routes: MeshRoutes | undefined;
    }
  | {
      readonly kind: 'router';
      readonly rloc16: number;
      readonly isLeader: boolean;
      readonly children: ChildTable;
      readonly routes: MeshRoutes;
    };
