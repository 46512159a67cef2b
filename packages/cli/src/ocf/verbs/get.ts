import { type CborValue, SelvageError, toJson } from '@selvage/core';
import type { UdpAddress } from '@selvage/core/node';
import type { ReachableDevice, ResourceLink } from '@selvage/ocf';
import type { Report } from '../../ca/report.js';
import { step } from '../../ca/step.js';
import { styleFor } from '../../terminal/style.js';
import type { Surface } from '../../terminal/surface.js';
import { withAdvice } from '../advice.js';
import { calledText } from '../language/device-name.js';
import { pathOf } from '../language/path.js';
import type { Operator, SiteDevice } from '../operator.js';
import type { SiteOptions } from '../options.js';
import { valueLines } from '../value-lines.js';
import { withReader } from '../with-operator.js';

const usualWidth = 80;

/** `get`: what a resource of a device has; without a path, what all have. @throws SelvageError that names the step. */
export function get(
  surface: Surface,
  report: Report,
  { called, path }: { readonly called: string; readonly path: string | undefined },
  options: SiteOptions,
): Promise<void> {
  return withReader(surface, options, async (operator) => {
    const device = await step('find the device', () => operator.called(called));
    const to = await step(`reach ${calledText(device)}`, () => operator.reach(device));
    const reader = new ResourceReader(surface, report, operator, device);
    if (path === undefined) await reader.all(to);
    else await step(`get ${path} of ${calledText(device)}`, () => reader.one(to, pathOf(path)));
  });
}

/** Reads resources, and shows them. */
class ResourceReader {
  readonly #surface: Surface;
  readonly #report: Report;
  readonly #operator: Operator;
  readonly #device: SiteDevice;

  constructor(surface: Surface, report: Report, operator: Operator, device: SiteDevice) {
    this.#surface = surface;
    this.#report = report;
    this.#operator = operator;
    this.#device = device;
  }

  async one(to: ReachableDevice<UdpAddress>, path: string): Promise<void> {
    this.#show(path, await withAdvice('get', () => this.#operator.tool.client.get(to, path)));
  }

  /** Those of the application with what they hold; one that may not be read says so. */
  async all(to: ReachableDevice<UdpAddress>): Promise<void> {
    const links = await step('read the list of its resources', () => this.#operator.tool.client.resources(to));
    for (const { href } of links.filter(isOfInterest)) {
      try {
        await this.one(to, href);
      } catch (error) {
        if (!(error instanceof SelvageError)) throw error;
        this.#showRefusal(href, error);
      }
    }
  }

  #show(path: string, value: CborValue): void {
    const { device, name } = this.#device;
    const { stdout } = this.#surface;
    const lines = valueLines(path, value, (stdout.columns ?? usualWidth) - 1);
    this.#report.show({ event: 'resource', data: { device, name, path, value: toJson(value) }, lines });
  }

  #showRefusal(path: string, error: SelvageError): void {
    const { device, name } = this.#device;
    const { dim } = styleFor(this.#surface.stdout, this.#surface.env);
    const lines = [dim(`${path}  ${error.message} [${error.code}]`)];
    this.#report.show({ event: 'resource', data: { device, name, path, error }, lines });
  }
}

/** What the device is for; the resources that all devices have are read by their path. */
function isOfInterest({ href }: ResourceLink): boolean {
  return !/^\/oi?c\//.test(href);
}
