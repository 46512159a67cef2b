import { describe, expect, it } from 'vitest';
import { drawMesh } from '../../src/terminal/mesh/draw-mesh.js';
import type { DrawnRouter, MeshPicture } from '../../src/terminal/mesh/mesh-picture.js';
import { styleFor } from '../../src/terminal/style.js';

const plain = styleFor({ write: () => undefined, isTerminal: false, columns: undefined }, {});
const coloured = styleFor({ write: () => undefined, isTerminal: true, columns: 80 }, {});

/** A leader, a line of two routers beside it that hear each other badly, children of all kinds, and a guest partition. */
const site: MeshPicture = {
  name: 'home',
  note: 'channel 15',
  partitions: [
    { id: 0x0a0b0c0d, routers: [{ rloc16: 0x1400, isLeader: true, links: [], children: [] }] },
    {
      id: 0x4f3a21bc,
      routers: [
        {
          rloc16: 0x6c00,
          isLeader: true,
          label: 'hub',
          marks: ['border router'],
          links: [
            { to: 0x8c00, qualityIn: 3, qualityOut: 3 },
            { to: 0x1c00, qualityIn: 1, qualityOut: 3 },
          ],
          children: [{ rloc16: 0x6c02, kind: 'full', quality: 3 }],
        },
        {
          rloc16: 0x8c00,
          isLeader: false,
          links: [{ to: 0x1c00, qualityIn: 2, qualityOut: 3 }],
          children: [
            { rloc16: 0x8c02, kind: 'sleepy', quality: 1, label: 'door' },
            { rloc16: 0x8c01, kind: 'minimal' },
          ],
        },
        { rloc16: 0x1c00, isLeader: false, isSilent: true, links: [], children: [] },
      ],
    },
  ],
  detached: ['sensor\u001b[2J'],
};

describe('a mesh that is drawn', () => {
  it('shows partitions, roles, the quality of links, and children under their parents', () => {
    expect(drawMesh(site, { columns: 80, style: plain })).toEqual([
      'home  2 partitions · 4 routers · 3 children · 1 detached              channel 15',
      'partition 4f3a21bc  leader 6c00',
      '◆ 6c00 leader  hub  border router  and ┄1┄1c00',
      '├━3━ ● 6c02 full device',
      '└━3━ ■ 8c00 router',
      '  ├ ·  ◐ 8c01 minimal',
      '  ├┄1┄ ○ 8c02 sleepy  door',
      '  └─2─ ✕ 1c00 router, no answer  and ┄1┄6c00',
      'partition 0a0b0c0d  leader 1400',
      '◆ 1400 leader',
      'detached: sensor�[2J',
      '',
      '◆ leader  ■ router  ● full device  ◐ minimal  ○ sleepy  link ━3━ ─2─ ┄1┄',
    ]);
  });

  it('is the same in colours, but for the colours', () => {
    const lines = drawMesh(site, { columns: 80, style: coloured });
    const bare = lines.map((line) => line.replaceAll(/\u001b\[\d+m/g, ''));
    expect(bare).toEqual(drawMesh(site, { columns: 80, style: plain }));
    expect(lines.join('')).toContain('\u001b[32m━3━\u001b[39m');
  });

  it('says less where there is less room: no legend, children counted, columns, and what is left counted', () => {
    const drawn = (rows: number): string[] => drawMesh(site, { columns: 80, rows, style: plain });
    expect(drawn(13)).toHaveLength(13);
    expect(drawn(12)).toHaveLength(11);
    expect(drawn(8)).toEqual([
      'home  2 partitions · 4 routers · 3 children · 1 detached              channel 15',
      'partition 4f3a21bc  leader 6c00',
      '◆ 6c00 leader  hub  border router  ●1  and ┄1┄1c00',
      '└━3━ ■ 8c00 router  ◐1 ○1',
      '  └─2─ ✕ 1c00 router, no answer  and ┄1┄6c00',
      'partition 0a0b0c0d  leader 1400',
      '◆ 1400 leader',
      'detached: sensor�[2J',
    ]);
    expect(drawn(5)).toEqual([
      'home  2 partitions · 4 routers · 3 children · 1 detached              channel 15',
      'partition 4f3a21bc  leader 6c00          partition 0a0b0c0d  leader 1400',
      '◆ 6c00 leader  hub  border router  ●1 …  ◆ 1400 leader',
      '└━3━ ■ 8c00 router  ◐1 ○1                detached: sensor�[2J',
      '  └─2─ ✕ 1c00 router, no answer  and ┄…',
    ]);
    expect(drawn(3).at(-1)).toBe('… and 5 more lines: a larger window shows them');
  });

  it('keeps within its canvas, whatever it is of', () => {
    const line = (length: number): DrawnRouter[] =>
      Array.from({ length }, (_, at) => ({
        rloc16: at << 10,
        isLeader: at === 0,
        label: 'a name that is longer than it should be',
        links: [{ to: (at + 1) << 10, qualityIn: 3, qualityOut: 2 }],
        children: Array.from({ length: at % 5 }, (_, child) => ({ rloc16: (at << 10) + child + 1, kind: 'sleepy' })),
      }));
    for (const [columns, rows] of [
      [80, 24],
      [120, 40],
      [40, 10],
      [20, 3],
    ] as const) {
      for (const length of [0, 1, 2, 16, 32, 63]) {
        const lines = drawMesh({ partitions: [{ routers: line(length) }] }, { columns, rows, style: plain });
        expect(lines.length).toBeLessThanOrEqual(rows);
        expect(Math.max(...lines.map((text) => text.length))).toBeLessThanOrEqual(columns);
      }
    }
  });

  it('shows routers that no link leads to as trees of their own', () => {
    const routers = [0x400, 0x800, 0xc00].map((rloc16) => ({
      rloc16,
      isLeader: rloc16 === 0x800,
      links: rloc16 === 0x400 ? [{ to: 0xc00, qualityIn: 3, qualityOut: 0 } as const] : [],
      children: [],
    }));
    expect(drawMesh({ partitions: [{ routers }] }, { columns: 80, rows: 4, style: plain })).toEqual([
      'the mesh  3 routers · 0 children',
      '◆ 0800 leader',
      '■ 0400 router',
      '■ 0c00 router',
    ]);
  });
});
