import type { GrantedRole } from '@selvage/pki';
import { isoTime } from '../../ca/describe.js';
import type { Report } from '../../ca/report.js';
import { step } from '../../ca/step.js';
import type { Surface } from '../../terminal/surface.js';
import { calledText } from '../language/device-name.js';
import type { SiteOptions } from '../options.js';
import { withOperator } from '../with-operator.js';

export interface CertifyOptions extends SiteOptions {
  readonly days?: number;
}

export interface RoleOptions extends CertifyOptions {
  readonly authority?: string;
}

/** `certify`: a new identity certificate for a device. @throws SelvageError that names the step. */
export function certify(surface: Surface, report: Report, called: string, options: CertifyOptions): Promise<void> {
  return withOperator(surface, report, options, async (operator) => {
    const device = await step('find the device', () => operator.called(called));
    await step(`reach ${calledText(device)}`, () => operator.reach(device));
    const { identity } = await step(`certify ${calledText(device)}`, () =>
      operator.tool.provisioning.identity(device.device, { days: options.days }),
    );
    const until = identity && isoTime(identity.notAfter);
    report.tell({
      event: 'certified',
      data: { device: device.device, name: device.name, serial: identity?.serial, until },
      lines: [`${calledText(device)} has an identity certificate until ${until ?? 'an unknown time'}`],
    });
  });
}

/** `role`: a role certificate for a device. @throws SelvageError that names the step. */
export function role(
  surface: Surface,
  report: Report,
  { called, role: name }: { readonly called: string; readonly role: string },
  { authority, ...options }: RoleOptions,
): Promise<void> {
  return withOperator(surface, report, options, async (operator) => {
    const device = await step('find the device', () => operator.called(called));
    await step(`reach ${calledText(device)}`, () => operator.reach(device));
    const granted: GrantedRole = { role: name, ...(authority !== undefined && { authority }) };
    const record = await step(`give ${calledText(device)} the role ${name}`, () =>
      operator.tool.provisioning.roles(device.device, [granted], { days: options.days }),
    );
    const certificate = record.roles?.find((one) => one.role === name);
    const until = certificate && isoTime(certificate.notAfter);
    report.tell({
      event: 'role',
      data: { device: device.device, name: device.name, role: name, authority, serial: certificate?.serial, until },
      lines: [
        `${calledText(device)} has the role ${name} until ${until ?? 'an unknown time'}`,
        `what the role may do with a device: selvage grant role:${name} <rights> <device>`,
      ],
    });
  });
}
