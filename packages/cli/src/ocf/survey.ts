import { type CborValue, SelvageError } from '@selvage/core';
import type { UdpAddress } from '@selvage/core/node';
import {
  defaultPolicy,
  type FoundDevice,
  type OcfClient,
  readDoxm,
  readLinks,
  type ResourceLink,
  securityPaths,
  type TransferMethod,
  transferMethodOf,
} from '@selvage/ocf';

/** What a device says of itself to everybody. */
export interface SurveyedDevice {
  readonly found: FoundDevice<UdpAddress>;
  /** Such as `light`, where it tells. */
  readonly kind: string | undefined;
  /** How it can be owned, the best first; empty where it has an owner. */
  readonly methods: readonly TransferMethod[];
  readonly links: readonly ResourceLink[];
}

/** The reference writes a key twice in some links; nothing but what is shown depends on them. */
const limits = { repeatedKeys: 'last' } as const;

/**
 * Asks a device that was found, unsecured, what it is and how it can be owned. What it does not tell is left out.
 * @param timeout how long it is waited for, ms
 */
export async function survey(
  client: OcfClient<UdpAddress>,
  found: FoundDevice<UdpAddress>,
  timeout: number,
): Promise<SurveyedDevice> {
  const get = (path: string): Promise<CborValue | undefined> => read(client, found, { path, timeout });
  const asked = found.owned === false ? get(securityPaths.doxm) : Promise.resolve(undefined);
  const [resources, doxm] = await Promise.all([get('/oic/res'), asked]);
  const links = resources === undefined ? found.links : readLinks(resources);
  const numbers = doxm === undefined ? (found.doxm?.oxms ?? []) : readDoxm(doxm).oxms;
  const offered = numbers.flatMap((number) => transferMethodOf(number) ?? []);
  return { found, kind: kindIn(links), methods: defaultPolicy.methods.filter((one) => offered.includes(one)), links };
}

async function read(
  client: OcfClient<UdpAddress>,
  { plain }: FoundDevice<UdpAddress>,
  { path, timeout }: { readonly path: string; readonly timeout: number },
): Promise<CborValue | undefined> {
  const [to] = plain;
  if (to === undefined) return undefined;
  try {
    const { code, value } = await client.plainRequest(to, { method: 'GET', path }, { limits, timeout });
    return code === '2.05' ? value : undefined;
  } catch (error) {
    if (error instanceof SelvageError) return undefined;
    throw error;
  }
}

/** `oic.d.light` is a light. */
function kindIn(links: readonly ResourceLink[]): string | undefined {
  const device = links.find(({ href }) => href === '/oic/d');
  return device?.types.find((type) => type.startsWith('oic.d.'))?.slice('oic.d.'.length);
}
