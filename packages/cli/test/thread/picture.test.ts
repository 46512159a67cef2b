/** What is drawn of a mesh, from what its nodes said of themselves. */
import { fromHex } from '@selvage/core';
import type { DiagnosticReport } from '@selvage/thread';
import { describe, expect, it } from 'vitest';
import { drawMesh } from '../../src/terminal/mesh/draw-mesh.js';
import { styleFor } from '../../src/terminal/style.js';
import { pictureOf } from '../../src/thread/mesh/picture.js';
import type { MeshSurvey } from '../../src/thread/mesh/survey.js';

const style = styleFor({ write: () => undefined, isTerminal: false, columns: undefined }, {});
const facts = { name: 'home', self: 0x6c03, networkData: [] };
const leaderData = { partitionId: 0x0a, weighting: 64, dataVersion: 1, stableDataVersion: 1, leaderRouterId: 27 };
const sleepy = {
  receiverOnWhenIdle: false,
  secureDataRequests: true,
  fullThreadDevice: false,
  fullNetworkData: false,
  reserved: 0,
};

/** A router that hears the routers of these ids, this well. */
function router(rloc16: number, links: Record<number, number>, more: Partial<DiagnosticReport> = {}): DiagnosticReport {
  const routes = Object.entries(links).map(([id, quality]) => ({
    routerId: Number(id),
    linkQualityIn: quality,
    linkQualityOut: 3,
    cost: 1,
  }));
  return { rloc16, leaderData, route64: { idSequence: 1, routes }, unknown: [], ...more };
}

function drawn(reports: readonly DiagnosticReport[], silent: readonly number[] = [], changes: object = {}): string[] {
  const survey: MeshSurvey = {
    reports: new Map(reports.map((report) => [report.rloc16!, report])),
    silent: new Set(silent),
  };
  return drawMesh(pictureOf(survey, { ...facts, ...changes }), { columns: 99, style }).slice(0, -2);
}

describe('the picture of a surveyed mesh', () => {
  it('has children from their parent’s table, and those who answered though it did not name them', () => {
    const childTable = [{ childId: 1, mode: sleepy, timeout: 240, linkQuality: 2 }];
    const stray = { rloc16: 0x6c02, mode: { ...sleepy, receiverOnWhenIdle: true }, unknown: [] };
    expect(drawn([router(0x6c00, {}, { childTable }), stray])).toEqual([
      'home  1 router · 2 children',
      'partition 0000000a  leader 6c00',
      '◆ 6c00 leader',
      '├─2─ ○ 6c01 sleepy',
      '└ ·  ◐ 6c02 minimal',
    ]);
  });

  it('has routers that did not answer, by what the others say of them', () => {
    expect(drawn([router(0x6c00, { 35: 1 })], [0x8c00])).toEqual([
      'home  2 routers · 0 children',
      'partition 0000000a  leader 6c00',
      '◆ 6c00 leader',
      '└┄1┄ ✕ 8c00 router, no answer',
    ]);
  });

  it('has who draws it under its parent, though nobody answered, and says where it has none', () => {
    expect(drawn([], [0x6c00])).toEqual([
      'home  1 router · 1 child',
      '✕ 6c00 router, no answer',
      '└ ·  ● 6c03 full device  this node',
    ]);
    expect(drawn([], [], { self: undefined })).toEqual([
      'home  0 routers · 0 children · 1 detached',
      'detached: this node',
    ]);
  });

  it('has partitions apart, and names where there is room for them', () => {
    const other = { ...leaderData, partitionId: 0x0b, leaderRouterId: 1 };
    const lines = drawn(
      [router(0x6c00, {}), router(0x400, {}, { leaderData: other, extended: fromHex('0102030405060708') })],
      [],
      {
        names: true,
      },
    );
    expect(lines).toEqual([
      'home  2 partitions · 2 routers · 0 children',
      'partition 0000000a  leader 6c00',
      '◆ 6c00 leader',
      'partition 0000000b  leader 0400',
      '◆ 0400 leader  0102030405060708',
    ]);
  });

  it('has routers of other partitions that were heard and not asked', () => {
    const partition = { ...leaderData, partitionId: 0x0c, leaderRouterId: 2 };
    const route64 = { idSequence: 1, routes: [] };
    const survey: MeshSurvey = {
      reports: new Map([[0x6c00, router(0x6c00, {})]]),
      silent: new Set(),
      heard: [{ rloc16: 0x800, partition, route64 }],
    };
    expect(drawMesh(pictureOf(survey, facts), { columns: 99, rows: 5, style })).toEqual([
      'home  2 partitions · 2 routers · 0 children',
      'partition 0000000a  leader 6c00',
      '◆ 6c00 leader',
      'partition 0000000c  leader 0800',
      '◆ 0800 leader  heard, not asked',
    ]);
  });
});
