// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen } from '@testing-library/preact';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { LeftOfFile } from '../../../../extension/screens/ledger/left-of-file.tsx';
import { speak } from '../../support/browser.ts';
import { handleId, receipt } from '../../support/samples.ts';

beforeEach(() => speak());
afterEach(cleanup);

test.each([
  ['nothing', [], 'Nothing of “a.md” has left this device.'],
  ['a receipt', [{ receipt: receipt({ bytes: 2_700 }), by: ['content'] }], '2.7 kB'],
])('what has left of a file is asked for by its handle: %s', async (_what, left, says) => {
  const ask = vi.fn(async () => ({ left }));
  render(<LeftOfFile handle={handleId(4)} name="a.md" ask={ask as never} />);
  expect(ask).not.toHaveBeenCalled();
  fireEvent.click(screen.getByRole('button', { name: 'What has left of “a.md”?' }));
  expect(await screen.findByText(says)).toBeTruthy();
  expect(ask).toHaveBeenCalledExactlyOnceWith('ledger.ofHandle', { handle: handleId(4) });
});
