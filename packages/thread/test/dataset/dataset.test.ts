import { fromHex, Secret, SelvageError, toHex } from '@selvage/core';
import { codecSuite } from '@selvage/core/testing';
import { FailingEntropy, SeededEntropy } from '@selvage/core/virtual';
import { nativeCore } from '@selvage/crypto';
import {
  compareTimestamps,
  Dataset,
  type DatasetField,
  datasetTlvs,
  derivePskc,
  describeDataset,
  generateDataset,
  maskedChannels,
  maskOf,
  policyLetters,
  timestampOf,
  usualPolicy,
  validateDataset,
  versionThreshold,
  withLetters,
} from '@selvage/thread';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import pskcVectors from '../../../crypto/test/vectors/thread.json' with { type: 'json' };
import vectors from '../vectors/datasets.json' with { type: 'json' };

const text = (words: string): Uint8Array => new TextEncoder().encode(words);
const whole = Dataset.parse(vectors.datasets[0]!.tlvs);

codecSuite(
  { describe, it, expect },
  {
    name: 'operational dataset',
    codec: datasetTlvs,
    openEnded: true,
    values: vectors.datasets.map(({ tlvs }) => Dataset.parse(tlvs).entries),
    unknown: ['4a0300000b', '80020102 000300000f ff00', 'c100 c100', '01ff0002face'],
  },
);

describe("datasets as OpenThread's tools exchange them", () => {
  for (const { name, kind, tlvs, shown } of vectors.datasets) {
    it(`${name}: is read, found good, and written back byte for byte`, () => {
      const dataset = Dataset.parse(tlvs);
      expect(toHex(dataset.encode())).toBe(tlvs);
      expect(validateDataset(dataset, kind as 'active')).toEqual([]);
      const said = new Map(describeDataset(dataset, true).map((field) => [field.name.toLowerCase(), field.text]));
      const words: Readonly<Record<string, (value: string) => string | undefined>> = {
        channel: () => said.get('channel'),
        'ext pan id': () => said.get('extended pan id'),
        'mesh local prefix': () => said.get('mesh-local prefix'),
        'network key': () => said.get('network key'),
        'network name': () => said.get('network name'),
        'pan id': () => `0x${said.get('pan id')}`,
        pskc: () => said.get('pskc'),
        'active timestamp': () => said.get('active timestamp')?.split(' + ')[0],
        'security policy': () => said.get('security policy')?.replace(' h ', ' '),
      };
      for (const line of shown) {
        const [key, value] = line.split(/: (.*)/) as [string, string];
        const ours = words[key.toLowerCase()];
        if (ours !== undefined) expect(`${key}: ${ours(value)}`).toBe(line);
      }
    });
  }

  it(`were ${vectors.datasets.length}`, () => {
    expect(vectors.datasets.length).toBe(15);
  });
});

describe('a dataset', () => {
  it('keeps the order of its fields and those that it does not know, whatever is changed', () => {
    const dataset = Dataset.parse('4a0300000b 0102face 8001ff 03034f6e65');
    const changed = dataset.with({ panId: 0xbeef, channel: { page: 0, channel: 20 } });
    expect(toHex(changed.encode())).toBe('4a0300000b0102beef8001ff03034f6e650003000014');
    expect(toHex(changed.with({ panId: undefined }).encode())).toBe('4a0300000b8001ff03034f6e650003000014');
    expect(toHex(dataset.encode())).toBe('4a0300000b0102face8001ff03034f6e65');
  });

  it('refuses a field of a wrong length, and names it', () => {
    for (const [tlvs, field] of [
      ['0101fa', 'panId'],
      ['0507' + '00'.repeat(7), 'networkKey'],
      ['0300', 'networkName'],
      ['0311' + '41'.repeat(17), 'networkName'],
      ['0411' + '00'.repeat(17), 'pskc'],
      ['0c0202a0', 'securityPolicy'],
      ['35020004', 'channelMask'],
      ['0e07' + '00'.repeat(7), 'activeTimestamp'],
    ] as const) {
      expect(() => Dataset.parse(tlvs)).toThrow(new RegExp(`dataset.*${field}`));
    }
  });

  it('is no longer than 254 bytes, either way', () => {
    const unknown = `80fd${'00'.repeat(253)}`;
    expect(() => Dataset.parse(unknown)).toThrow(SelvageError);
    const most = Dataset.parse(`80fc${'00'.repeat(252)}`);
    expect(() => most.with({ panId: 1 }).encode()).toThrow(/254/);
  });

  it('shows no secret unless asked, in words, in JSON and in inspection', () => {
    const said = JSON.stringify(describeDataset(whole)) + inspect(whole, { depth: 9 }) + JSON.stringify(whole);
    for (const field of ['networkKey', 'pskc'] as const) {
      const hex = toHex(whole.get(field)!.reveal());
      expect(said).not.toContain(hex);
      expect(JSON.stringify(describeDataset(whole, true))).toContain(hex);
    }
    expect(String(whole.toSecret())).toBe('‹redacted›');
  });

  it('says what is wrong with it, every problem', () => {
    const problems = (tlvs: string): DatasetField[] =>
      validateDataset(Dataset.parse(tlvs), 'partial').map(({ field }) => field);
    expect(problems('00030000 0a')).toEqual(['channel']);
    expect(problems('0003010014')).toEqual(['channel']);
    expect(problems('000300000b 350600040000 8000')).toEqual(['channel']);
    expect(problems('3506000480000000')).toEqual(['channelMask']);
    expect(problems('0102ffff')).toEqual(['panId']);
    expect(problems('0102face 0102face')).toEqual(['panId']);
    expect(problems('0708fe80000000000000')).toEqual(['meshLocalPrefix']);
    expect(problems('0302c328')).toEqual(['networkName']);
    expect(problems('0403010203')).toEqual(['pskc']);
    expect(problems('0c040001f7f8')).toEqual(['securityPolicy']);
    expect(problems('34040f731401')).toEqual(['delay']);
  });

  it('names what an active and a pending one are missing', () => {
    const missing = (dataset: Dataset, kind: 'active' | 'pending'): string[] =>
      validateDataset(dataset, kind).map(({ field }) => field);
    expect(missing(Dataset.make({}), 'active').length).toBe(10);
    expect(missing(whole, 'pending')).toEqual(['pendingTimestamp', 'delay']);
    expect(missing(whole.with({ pendingTimestamp: timestampOf(2) }), 'active')).toEqual(['pendingTimestamp']);
  });
});

describe('a new dataset', () => {
  it('is whole, and another one each time', () => {
    const entropy = new SeededEntropy('datasets');
    const hex = new Set<string>();
    for (let i = 0; i < 50; i++) {
      const dataset = generateDataset({ core: nativeCore, entropy });
      expect(validateDataset(dataset, 'active')).toEqual([]);
      expect(toHex(Dataset.parse(dataset.toSecret() && toHex(dataset.encode())).encode())).toBe(
        toHex(dataset.encode()),
      );
      for (const field of ['networkKey', 'pskc'] as const) hex.add(toHex(dataset.get(field)!.reveal()));
      hex.add(toHex(dataset.get('extendedPanId')!));
    }
    expect(hex.size).toBe(150);
  });

  it('takes what is given, and a PSKc from the passphrase', () => {
    const entropy = new SeededEntropy('given');
    const networkName = text('Test Network');
    const extendedPanId = fromHex('0001020304050607');
    const passphrase = Secret.text('12SECRETPASSWORD34');
    const values = { networkName, extendedPanId, channel: { page: 0, channel: 26 } };
    const dataset = generateDataset({ core: nativeCore, entropy, passphrase, values });
    expect(toHex(dataset.get('pskc')!.reveal())).toBe('c3f59368445a1b6106be420a706d4cc9');
    expect([dataset.name, dataset.get('channel')]).toEqual(['Test Network', { page: 0, channel: 26 }]);
  });

  it('is not made without randomness', () => {
    expect(() => generateDataset({ core: nativeCore, entropy: new FailingEntropy() })).toThrow(SelvageError);
  });
});

describe('PSKc (Thread 1.3 §8.4.1.1)', () => {
  for (const { passphraseUtf8Hex, networkName, extPanId, pskc } of pskcVectors.pskc) {
    it(`of ${networkName}, a passphrase of ${passphraseUtf8Hex.length / 2} bytes, is OpenThread's`, () => {
      const inputs = { networkName: text(networkName), extendedPanId: fromHex(extPanId) };
      expect(toHex(derivePskc(nativeCore, Secret.of(fromHex(passphraseUtf8Hex)), inputs).reveal())).toBe(pskc);
    });
  }

  it('takes a passphrase of 6 to 255 bytes', () => {
    const inputs = { networkName: text('x'), extendedPanId: fromHex('0001020304050607') };
    for (const length of [0, 5, 256]) {
      expect(() => derivePskc(nativeCore, Secret.text('a'.repeat(length)), inputs)).toThrow(/6 to 255/);
    }
  });

  it('is stale when the name or the extended PAN id changed and it did not', () => {
    const pskc = Secret.of(new Uint8Array(16).fill(7));
    expect(whole.with({ networkName: text('Other') }).hasStalePskc(whole)).toBe(true);
    expect(whole.with({ extendedPanId: new Uint8Array(8) }).hasStalePskc(whole)).toBe(true);
    expect(whole.with({ networkName: text('Other'), pskc }).hasStalePskc(whole)).toBe(false);
    expect(whole.with({ networkName: text('Other'), pskc: undefined }).hasStalePskc(whole)).toBe(false);
    expect(whole.with({ panId: 1 }).hasStalePskc(whole)).toBe(false);
    expect(whole.hasStalePskc(whole)).toBe(false);
  });

  it('was left stale by an OpenThread network that was renamed (capture 03)', () => {
    const [before, after] = ['network', 'networkAfter'].map((name) =>
      Dataset.parse(vectors.datasets.find((one) => one.name === `03-external-commissioner: ${name}`)!.tlvs),
    ) as [Dataset, Dataset];
    expect([before.name, after.name]).toEqual(['OT-BR', 'OT-BR-2']);
    expect(after.hasStalePskc(before)).toBe(true);
  });
});

describe('fields of a dataset', () => {
  it('security policy: letters and threshold as OpenThread has them, and bits without a letter stay', () => {
    expect([policyLetters(usualPolicy), versionThreshold(usualPolicy)]).toEqual(['onrc', 0]);
    const changed = withLetters(usualPolicy, 'onCR')!;
    expect(policyLetters(changed)).toBe('onCR');
    expect(toHex(withLetters(changed, 'onrc')!.flags)).toBe(toHex(usualPolicy.flags));
    expect(withLetters(usualPolicy, 'x')).toBe(undefined);
    expect(policyLetters({ rotationHours: 1, flags: Uint8Array.of(0xff) })).toBe('onrc');
  });

  it('channel mask: channel 0 is the first bit', () => {
    expect(toHex(maskOf([11, 26])[0]!.mask)).toBe('00100020');
    expect(maskedChannels(maskOf([26, 11, 15]))).toEqual([11, 15, 26]);
  });

  it('timestamps: seconds, then ticks, then who knows the time', () => {
    const at = (seconds: number, ticks = 0, isAuthoritative = false) => ({ seconds, ticks, isAuthoritative });
    const ordered = [at(1), at(1, 0, true), at(1, 1), at(2), at(2 ** 48 - 1, 32767, true)];
    for (let i = 1; i < ordered.length; i++) expect(compareTimestamps(ordered[i - 1]!, ordered[i]!) < 0).toBe(true);
    const most = Dataset.make({ activeTimestamp: ordered.at(-1) });
    expect(toHex(most.encode())).toBe('0e08ffffffffffffffff');
    expect(Dataset.parse('0e08ffffffffffffffff').get('activeTimestamp')).toEqual(ordered.at(-1));
  });
});
