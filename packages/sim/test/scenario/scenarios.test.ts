import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readScenario, ScenarioRun } from '@selvage/sim';
import { heapInUse } from '@selvage/sim/node';
import { describe, expect, it } from 'vitest';

const folder = new URL('../../scenarios/', import.meta.url);
const files = readdirSync(folder).filter((name) => name.endsWith('.yaml'));

describe('the scenarios that come with the package', () => {
  it.each(files)('%s: what it expects holds', async (file) => {
    const path = fileURLToPath(new URL(file, folder));
    const run = new ScenarioRun(readScenario(readFileSync(path, 'utf8'), basename(path)), { heap: heapInUse });
    const outcomes = await run.toEnd();
    expect(outcomes.filter(({ holds }) => !holds)).toEqual([]);
    expect(outcomes).toHaveLength(run.scenario.expectations.length);
  });
});
