/** The examples of RFC 8949 appendix F.1, in its order, typed from the RFC: encodings that are not well-formed. */

const rows = (text: string): readonly string[] => text.split(',').map((row) => row.replaceAll(/\s/g, ''));

/** What each group is wrong in, and its examples. */
export const notWellFormed: readonly (readonly [problem: string, encodings: readonly string[]])[] = [
  [
    'end of input in a head',
    rows(`18, 19, 1a, 1b, 19 01, 1a 01 02, 1b 01 02 03 04 05 06 07, 38, 58, 78, 98, 9a 01 ff 00, b8, d8, f8,
      f9 00, fa 00 00, fb 00 00 00`),
  ],
  [
    'definite-length strings with short data',
    rows(`41, 61, 5a ff ff ff ff 00, 5b ff ff ff ff ff ff ff ff 01 02 03, 7a ff ff ff ff 00,
      7b 7f ff ff ff ff ff ff ff 01 02 03`),
  ],
  [
    'definite-length maps and arrays not closed with enough items',
    rows('81, 81 81 81 81 81 81 81 81 81, 82 00, a1, a2 01 02, a1 00, a2 00 00 00'),
  ],
  ['tag number not followed by tag content', rows('c0')],
  ['indefinite-length strings not closed by a break', rows('5f 41 00, 7f 61 00')],
  [
    'indefinite-length maps and arrays not closed by a break',
    rows(`9f, 9f 01 02, bf, bf 01 02 01 02, 81 9f, 9f 80 00, 9f 9f 9f 9f 9f ff ff ff ff,
      9f 81 9f 81 9f 9f ff ff ff`),
  ],
  [
    'reserved additional information values',
    rows('1c, 1d, 1e, 3c, 3d, 3e, 5c, 5d, 5e, 7c, 7d, 7e, 9c, 9d, 9e, bc, bd, be, dc, dd, de, fc, fd, fe'),
  ],
  ['reserved two-byte encodings of simple values', rows('f8 00, f8 01, f8 18, f8 1f')],
  [
    'indefinite-length string chunks not of the correct type',
    rows('5f 00 ff, 5f 21 ff, 5f 61 00 ff, 5f 80 ff, 5f a0 ff, 5f c0 00 ff, 5f e0 ff, 7f 41 00 ff'),
  ],
  ['indefinite-length string chunks not definite length', rows('5f 5f 41 00 ff ff, 7f 7f 61 00 ff ff')],
  ['break occurring on its own outside of an indefinite-length item', rows('ff')],
  [
    'break occurring in a definite-length array or map or a tag',
    rows('81 ff, 82 00 ff, a1 ff, a1 ff 00, a1 00 ff, a2 00 00 ff, 9f 81 ff, 9f 82 9f 81 9f 9f ff ff ff ff'),
  ],
  ['break in an indefinite-length map that would lead to an odd number of items', rows('bf 00 ff, bf 00 00 00 ff')],
  ['major types 0, 1 and 6 with additional information 31', rows('1f, 3f, df')],
];
