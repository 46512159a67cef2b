import type { CborInput } from '@selvage/core';
import type { Uuid } from '../uuid/uuid.js';
import type { ResourceFacts } from './resource.js';

/** Where a device is reached by who asks: one URI a scheme, of the address that the request came to. */
export interface Endpoints {
  readonly coap?: string | undefined;
  readonly coaps?: string | undefined;
}

/** What links depend on beside their resources. */
export interface LinkContext {
  readonly device: Uuid;
  readonly endpoints: Endpoints;
  /** Whether security resources are offered unsecured: un-owned, and nobody is onboarding. */
  readonly openSecurity: boolean;
}

/** A link to a resource, as `/oic/res` has it: anchored at the device, with policy and endpoints. */
export function linkOf(resource: ResourceFacts, context: LinkContext): CborInput {
  return { ...self(resource), anchor: `ocf://${context.device}`, ...memberLinkOf(resource, context) };
}

/** A link to a resource as a collection of the same device has it: without an anchor. */
export function memberLinkOf(resource: ResourceFacts, context: LinkContext): Record<string, CborInput> {
  return {
    href: resource.path,
    rt: resource.types,
    if: resource.interfaces,
    p: { bm: (resource.discoverable ? 1 : 0) | (resource.observable ? 2 : 0) },
    eps: endpointsOf(resource, context),
  };
}

function self({ path }: ResourceFacts): Record<string, CborInput> {
  return path === '/oic/res' ? { rel: ['self'] } : {};
}

/** Unsecured endpoints are left out where nobody would be served on them. */
function endpointsOf(resource: ResourceFacts, { endpoints, openSecurity }: LinkContext): CborInput {
  const hidden = resource.secure || (resource.kind === 'security' && !openSecurity);
  const uris = hidden ? [endpoints.coaps] : [endpoints.coap, endpoints.coaps];
  return uris.filter((uri) => uri !== undefined).map((ep) => ({ ep }));
}
