import { fromHex } from '@selvage/core';

/** P-256's generator as an uncompressed point, SEC 2 §2.4.2. */
export const generatorPoint = fromHex(
  '046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296' +
    '4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5',
);
