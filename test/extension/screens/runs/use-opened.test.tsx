// @vitest-environment happy-dom
import { act, renderHook } from '@testing-library/preact';
import { expect, test } from 'vitest';
import { useOpened } from '../../../../extension/screens/runs/use-opened.ts';
import { run, runId } from '../../support/samples.ts';

const [first, second] = [run({ run: runId(1) }), run({ run: runId(2) })];
const openedOf = (hook: { result: { current: ReturnType<typeof useOpened> } }) => [...hook.result.current.opened];

test('a run that was started is opened with its row, and what was open stays so until then', () => {
  const hook = renderHook(({ runs }) => useOpened(runs), { initialProps: { runs: [first] } });
  act(() => hook.result.current.onToggle(first.run));
  act(() => hook.result.current.openOnly(second.run));
  expect(openedOf(hook)).toEqual([first.run]);
  hook.rerender({ runs: [second, first] });
  expect(openedOf(hook)).toEqual([second.run]);
});

test('opening another beside it keeps it open, closing it closes it', () => {
  const hook = renderHook(() => useOpened([second, first]));
  act(() => hook.result.current.openOnly(second.run));
  act(() => hook.result.current.onToggle(first.run));
  expect(openedOf(hook)).toEqual([second.run, first.run]);
  act(() => hook.result.current.onToggle(second.run));
  expect(openedOf(hook)).toEqual([first.run]);
});
