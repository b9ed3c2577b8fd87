import { expect, test } from 'vitest';
import { readableSize } from '../../../native-host/ops/size.ts';

test('sizes are said as people say them', () => {
  const sizes = [0, 1, 12, 999, 2_900, 10_000_000, 3_440_000, 1_024_000_000, 7e15];
  expect(sizes.map(readableSize)).toEqual(['0 bytes', '1 byte', '12 bytes', '999 bytes', '2.9 kB', '10 MB', '3.4 MB', '1 GB', '7000 TB']);
});
