/** The certificates of IoTivity-Lite (`vectors/iotivity-lite`), judged as its devices and its tool judged them then. */
import { alertFor } from '@selvage/core';
import { nativeCore } from '@selvage/crypto';
import {
  type ChainJudgement,
  deviceOf,
  nameText,
  ocfIdentityPurpose,
  ocfManufacturerPurpose,
  ocfRolePurpose,
  openCertificateRequest,
  type Purpose,
  verifyChain,
  type VerifyOptions,
} from '@selvage/pki';
import { describe, expect, it } from 'vitest';
import { capturedCertificate, capturedDer, capturedNames } from '../support/captured.js';

/** Names of the vector file. */
const roots = {
  firstTool: 'certificate 0',
  lab: 'certificate 7',
  manufacturerTool: 'certificate 8',
  secondTool: 'certificate 15',
  thirdTool: 'certificate 18',
  ocfTest2: 'certificate 25',
} as const;

interface Case {
  readonly flow: string;
  readonly at: string;
  readonly chain: readonly string[];
  readonly root: keyof typeof roots;
  readonly purpose: Purpose;
  readonly identity?: string;
  readonly roles?: readonly string[];
}

const [lamp, user, admin] = [
  '62d8e00a-c631-481a-6960-4877df1c7190',
  '43ecbf5f-6a56-4387-53eb-ac035b65c7f7',
  'dda9777c-85d4-4d97-785a-6fd4cae1f458',
];

/** All of these the reference accepted. */
const accepted: readonly Case[] = [
  {
    flow: 'c01: manufacturer certificate, ownership transferred',
    at: '2026-11-22T10:14:10Z',
    chain: ['certificate 5', 'certificate 6'],
    root: 'lab',
    purpose: ocfManufacturerPurpose,
  },
  {
    flow: 'c91: manufacturer certificate in May 2020, ownership transferred',
    at: '2020-05-01T00:00:00Z',
    chain: ['certificate 11', 'certificate 12'],
    root: 'ocfTest2',
    purpose: ocfManufacturerPurpose,
  },
  {
    flow: 'a05: identity certificate, taken by the device',
    at: '2026-11-22T10:12:12Z',
    chain: ['certificate 2'],
    root: 'firstTool',
    purpose: ocfIdentityPurpose,
    identity: lamp,
  },
  {
    flow: 'a06: role certificate, taken by the device',
    at: '2026-11-22T10:12:14Z',
    chain: ['certificate 4'],
    root: 'firstTool',
    purpose: ocfRolePurpose,
    identity: lamp,
    roles: ['lab.role.user of IoTivity-Lite OBT Root'],
  },
  {
    flow: 'c03: identity certificate, taken by the device',
    at: '2026-11-22T10:14:20Z',
    chain: ['certificate 10'],
    root: 'manufacturerTool',
    purpose: ocfIdentityPurpose,
    identity: 'b64e2ccb-c644-4675-5a2c-b6366d842b77',
  },
  {
    flow: 'd02: the server of a session with certificates on both sides',
    at: '2026-11-22T10:16:36Z',
    chain: ['certificate 13'],
    root: 'secondTool',
    purpose: ocfIdentityPurpose,
    identity: '4264e387-2243-4726-7f43-0502f074ac8c',
  },
  {
    flow: 'd02: the client of that session',
    at: '2026-11-22T10:16:36Z',
    chain: ['certificate 14'],
    root: 'secondTool',
    purpose: ocfIdentityPurpose,
    identity: user,
  },
  {
    flow: 'd02: the role that the client asserts',
    at: '2026-11-22T10:16:36Z',
    chain: ['certificate 17'],
    root: 'secondTool',
    purpose: ocfRolePurpose,
    identity: user,
    roles: ['lab.role.user of IoTivity-Lite OBT Root'],
  },
  {
    flow: 'i01: four roles in one certificate, taken by the device',
    at: '2026-11-22T10:25:48Z',
    chain: ['certificate 20'],
    root: 'thirdTool',
    purpose: ocfRolePurpose,
    identity: admin,
    roles: [0, 1, 2, 3].map(
      (at) => `lab.role.with.a.long.name.number.${at}.${'x'.repeat(20)} of Lab-Authority-${at}-${'y'.repeat(20)}`,
    ),
  },
  {
    flow: 'i02: a role with an authority, taken by the device',
    at: '2026-11-22T10:25:50Z',
    chain: ['certificate 22'],
    root: 'thirdTool',
    purpose: ocfRolePurpose,
    identity: admin,
    roles: ['lab.role.admin of Lab-Authority'],
  },
];

function judge({ at, chain, root, purpose }: Omit<Case, 'flow'>, more: Partial<VerifyOptions> = {}): ChainJudgement {
  return verifyChain(chain.map(capturedDer), {
    core: nativeCore,
    anchors: [{ certificate: capturedCertificate(roots[root]) }],
    now: Date.parse(at),
    purpose,
    ...more,
  });
}

const codeOf = (judgement: ChainJudgement): string => (judgement.accepted ? 'accepted' : judgement.error.code);

describe('captured chains of IoTivity-Lite', () => {
  it('are all there', () => {
    expect([capturedNames('certificate').length, capturedNames('request').length]).toEqual([20, 6]);
    expect(accepted.length).toBe(10);
  });

  for (const entry of accepted) {
    it(`are accepted as the reference accepted them: ${entry.flow}`, () => {
      const judgement = judge(entry);
      expect(codeOf(judgement)).toBe('accepted');
      if (!judgement.accepted) return;
      const { identity, roles, mudUrl } = judgement;
      const told = roles.map(({ role, authority }) => `${role} of ${authority}`);
      expect([identity, told, mudUrl]).toEqual([entry.identity, entry.roles ?? [], undefined]);
    });
  }

  it('are refused as expired where the reference refused them: c90, with alert 49 there and 45 here', () => {
    const [, may2020] = accepted as [Case, Case];
    const judgement = judge({ ...may2020, at: '2026-11-22T10:14:31Z' });
    expect(codeOf(judgement)).toBe('certificate-expired');
    if (judgement.accepted) return;
    expect(alertFor(judgement.error)).toBe('certificate_expired');
    expect(judgement.error.message).toBe(
      'certificate 0 of the chain, O=Comarch, OU=003-12, CN=11111111-2222-3333-4444-555555555555, fails the validity ' +
        'check: it holds from 2020-04-22T13:37:57Z to 2020-05-22T13:37:57Z, and it is 2026-11-22T10:14:31Z',
    );
  });

  it('are refused by the root of another tool, which has the same name', () => {
    for (const entry of accepted.filter(({ root }) => root.endsWith('Tool'))) {
      const other = entry.root === 'secondTool' ? 'firstTool' : 'secondTool';
      expect(codeOf(judge({ ...entry, root: other }))).toBe('bad-certificate');
    }
  });

  it('are refused for another purpose', () => {
    const purposes = [ocfIdentityPurpose, ocfManufacturerPurpose, ocfRolePurpose];
    const verdicts = accepted.map((entry) =>
      purposes.filter((purpose) => judge({ ...entry, purpose }).accepted).map(({ name }) => name),
    );
    expect(verdicts).toEqual([
      ['OCF manufacturer'],
      ['OCF manufacturer'],
      // An identity is as good as a manufacturer's certificate where that has no device to name.
      ['OCF identity', 'OCF manufacturer'],
      ['OCF role'],
      ['OCF identity', 'OCF manufacturer'],
      ['OCF identity', 'OCF manufacturer'],
      ['OCF identity', 'OCF manufacturer'],
      ['OCF role'],
      ['OCF role'],
      ['OCF role'],
    ]);
  });

  it('have their roles bound to the session: the right one, another key, another device', () => {
    const role = accepted[7] as Case;
    const own = capturedCertificate('certificate 14').publicKey?.publicKey ?? new Uint8Array(0);
    const other = capturedCertificate('certificate 13').publicKey?.publicKey ?? new Uint8Array(0);
    expect(codeOf(judge(role, { holder: { device: user, publicKey: own } }))).toBe('accepted');
    expect(codeOf(judge(role, { holder: { device: user, publicKey: other } }))).toBe('access-denied');
    expect(codeOf(judge(role, { holder: { device: lamp, publicKey: own } }))).toBe('access-denied');
  });
});

describe('captured requests of IoTivity-Lite', () => {
  for (const name of capturedNames('request')) {
    it(`prove the key and name the device: ${name}`, () => {
      const request = openCertificateRequest(nativeCore, capturedDer(name));
      expect(deviceOf(request.subject)).toMatch(/^[0-9a-f-]{36}$/);
      expect(nameText(request.subject)).toBe(`CN=uuid:${deviceOf(request.subject)}`);
    });
  }

  it('are for the keys that were certified afterwards', () => {
    const pairs = [
      ['request 1', 'certificate 2'],
      ['request 3', 'certificate 4'],
      ['request 9', 'certificate 10'],
      ['request 16', 'certificate 17'],
      ['request 19', 'certificate 20'],
      ['request 21', 'certificate 22'],
    ] as const;
    for (const [request, certificate] of pairs) {
      const { publicKey } = openCertificateRequest(nativeCore, capturedDer(request));
      expect(publicKey).toEqual(capturedCertificate(certificate).publicKey?.publicKey);
    }
  });
});
