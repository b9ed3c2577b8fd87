// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen } from '@testing-library/preact';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Box } from '../../../../extension/screens/popup/box.tsx';
import { commandsFor } from '../../../../extension/screens/popup/commands.ts';
import { speak } from '../../support/browser.ts';
import { grant } from '../../support/samples.ts';

beforeEach(() => speak());
afterEach(cleanup);

function show() {
  const onRun = vi.fn();
  render(<Box commandsFor={(typed) => commandsFor(typed, [grant()], 'ready')} onRun={onRun} disabled={false} />);
  const box = screen.getByRole<HTMLInputElement>('combobox');
  const press = (key: string) => fireEvent.keyDown(box, { key });
  const type = (value: string) => fireEvent.input(box, { target: { value } });
  const chosen = () => document.getElementById(box.getAttribute('aria-activedescendant') ?? '')?.textContent;
  return { onRun, box, press, type, chosen };
}

test('the list is closed until the person types or asks for it', () => {
  const { box, press } = show();
  expect(box.getAttribute('aria-expanded')).toBe('false');
  expect(screen.queryAllByRole('option')).toEqual([]);
  press('ArrowDown');
  expect(box.getAttribute('aria-expanded')).toBe('true');
  expect(screen.getAllByRole('option')).toHaveLength(4);
});

test('Enter takes Find for what was typed', () => {
  const { onRun, type, press } = show();
  type('gate');
  press('Enter');
  expect(onRun).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ kind: 'find', query: 'gate' }));
});

test('the arrow keys move and wrap around, and Enter takes what they are on', () => {
  const { onRun, type, press, chosen, box } = show();
  type('d');
  expect(chosen()).toContain('Find “d”');
  press('ArrowUp');
  expect(chosen()).toBe('About this device');
  press('ArrowDown');
  press('ArrowDown');
  expect(chosen()).toContain('Save this page to Documents');
  press('ArrowDown');
  press('Enter');
  expect(onRun).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ kind: 'digest' }));
  expect(box.value).toBe('');
});

test('Escape closes the list and not the popup', () => {
  const { type, press, box } = show();
  type('gate');
  const passed = press('Escape');
  expect(passed).toBe(false);
  expect(box.getAttribute('aria-expanded')).toBe('false');
  expect(press('Escape')).toBe(true);
});

test('a click takes a choice', () => {
  const { onRun, type } = show();
  type('about');
  fireEvent.click(screen.getByRole('option', { name: /About/ }));
  expect(onRun).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ kind: 'info' }));
});

test('how many choices there are is said', () => {
  const { type } = show();
  type('about');
  expect(screen.getByRole('status').textContent).toBe('2 choices');
});
