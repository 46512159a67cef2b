import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type CryptoCore, nativeCore, portableCore } from '@selvage/crypto';
import { describe, expect, it } from 'vitest';

/** What every test case of Wycheproof has; a file's schema adds its own fields. */
export interface WycheproofCase {
  readonly tcId: number;
  readonly comment: string;
  readonly flags: readonly string[];
  readonly result: 'valid' | 'invalid' | 'acceptable';
}

/** Test cases that share parameters. */
export interface WycheproofGroup<Case extends WycheproofCase> {
  readonly tests: readonly Case[];
}

/** How one file of Wycheproof is run. */
export interface WycheproofPlan<Group extends WycheproofGroup<Case>, Case extends WycheproofCase> {
  /** The file's name without `_test.json`. */
  readonly file: string;
  /** Cases in the file: a wrong number fails, so that no case is lost unseen. */
  readonly cases: number;
  /** Those of them whose sizes no engine here supports. */
  readonly excluded: number;
  readonly supports: (group: Group, test: Case) => boolean;
  /** Throws unless the engine does what the case's `result` asks for. */
  readonly check: (core: CryptoCore, group: Group, test: Case) => void;
  /** Throws unless the engine refuses the sizes of an excluded case. Without it they are only counted. */
  readonly refuses?: (core: CryptoCore, group: Group, test: Case) => void;
}

/** Where the public vectors are: `SELVAGE_VECTORS`, or `shared/vectors` beside the repository. */
const vectors = process.env['SELVAGE_VECTORS'] ?? fileURLToPath(new URL('../../../../shared/vectors', import.meta.url));

/**
 * Runs one file of Wycheproof (C2SP/wycheproof `testvectors_v1`, Apache-2.0) on both engines, a test a case. Where the
 * vectors are absent the cases are skipped with the reason; under `CI=true` absence is a failure.
 */
export function describeWycheproof<Group extends WycheproofGroup<Case>, Case extends WycheproofCase>(
  plan: WycheproofPlan<Group, Case>,
): void {
  const path = join(vectors, 'wycheproof', `${plan.file}_test.json`);
  if (existsSync(path)) {
    const { testGroups } = JSON.parse(readFileSync(path, 'utf8')) as { testGroups: Group[] };
    describePresent(plan, testGroups);
  } else {
    describeAbsent(plan);
  }
}

function describePresent<Group extends WycheproofGroup<Case>, Case extends WycheproofCase>(
  plan: WycheproofPlan<Group, Case>,
  groups: readonly Group[],
): void {
  const all = groups.flatMap((group) => group.tests.map((test) => ({ group, test })));
  const supported = all.filter(({ group, test }) => plan.supports(group, test));
  const excluded = all.filter(({ group, test }) => !plan.supports(group, test));

  describe(`Wycheproof ${plan.file}`, () => {
    it(`has ${plan.cases} cases, of which ${plan.excluded} have sizes that are not supported`, () => {
      expect({ cases: all.length, excluded: excluded.length }).toEqual({ cases: plan.cases, excluded: plan.excluded });
    });
    describe.each([nativeCore, portableCore])('$engine', (core) => {
      for (const { group, test } of supported) {
        it(`${test.tcId} ${test.result}: ${test.comment || test.flags.join(', ')}`, () => {
          plan.check(core, group, test);
        });
      }
      const { refuses } = plan;
      if (refuses !== undefined && excluded.length > 0) {
        it(`refuses the sizes of the ${excluded.length} excluded cases`, () => {
          for (const { group, test } of excluded) {
            refuses(core, group, test);
          }
        });
      }
    });
  });
}

function describeAbsent(plan: { readonly file: string; readonly cases: number; readonly excluded: number }): void {
  const reason = `Wycheproof's vectors are not in ${vectors}: set SELVAGE_VECTORS`;
  describe(`Wycheproof ${plan.file}`, () => {
    if (process.env['CI'] === 'true') {
      it('has its vectors', () => {
        expect.fail(reason);
      });
      return;
    }
    console.warn(`${plan.file}: ${reason}`);
    describe.each([nativeCore, portableCore])('$engine', () => {
      for (let n = 0; n < plan.cases - plan.excluded; n++) {
        it.skip(`case ${n}: ${reason}`, () => undefined);
      }
    });
  });
}
