import { expect, test } from 'vitest';
import { checkIsolation, isolationNext } from '../../../native-host/install/tools.ts';

test.each([
  ['ID=debian\n', 'sudo apt install bubblewrap'],
  ['ID=linuxmint\nID_LIKE="ubuntu debian"\n', 'sudo apt install bubblewrap'],
  ['ID=fedora\n', 'sudo dnf install bubblewrap'],
  ['ID=gentoo\n', 'sudo emerge sys-apps/bubblewrap'],
  ['', 'Install the package bubblewrap.'],
])('on %j bubblewrap is had by: %s', (osRelease, next) => {
  expect(isolationNext('missing', osRelease)).toBe(next);
});

test('where there can be none, the doctor says what that means', async () => {
  expect(await checkIsolation('darwin', '')).toMatchObject({
    id: 'host.isolation',
    status: 'warn',
    says: expect.stringContaining('Each needs your yes then.'),
  });
});
