// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen } from '@testing-library/preact';
import { useState } from 'preact/hooks';
import { afterEach, expect, test } from 'vitest';
import { FolderIcon } from '../../../../extension/screens/look/icons.tsx';
import { Tabs } from '../../../../extension/screens/panel/tabs.tsx';

afterEach(cleanup);

function Three() {
  const [chosen, choose] = useState('one');
  const tabs = ['one', 'two', 'three'].map((id) => ({
    id,
    label: id,
    Picture: FolderIcon,
    count: id === 'two' ? { value: 4, label: '4 wait' } : undefined,
  }));
  return (
    <Tabs label="Parts" tabs={tabs} chosen={chosen} onChoose={choose}>
      <p>{chosen}!</p>
    </Tabs>
  );
}
const chosen = () => document.querySelector('[aria-selected="true"]')?.id;
const press = (key: string) => fireEvent.keyDown(document.activeElement as Element, { key });

test('the arrow keys, Home and End move through the tabs, and what is chosen is shown', () => {
  render(<Three />);
  (document.querySelector('#tab-one') as HTMLElement).focus();
  const seen = ['ArrowRight', 'ArrowRight', 'ArrowRight', 'ArrowLeft', 'Home', 'End'].map((key) => {
    press(key);
    return [chosen(), document.activeElement?.id, screen.getByRole('tabpanel').textContent];
  });
  expect(seen).toEqual([
    ['tab-two', 'tab-two', 'two!'],
    ['tab-three', 'tab-three', 'three!'],
    ['tab-one', 'tab-one', 'one!'],
    ['tab-three', 'tab-three', 'three!'],
    ['tab-one', 'tab-one', 'one!'],
    ['tab-three', 'tab-three', 'three!'],
  ]);
});

test('the tab key stops at one tab only, and a number is spoken in words', () => {
  render(<Three />);
  expect(screen.getAllByRole('tab').map((tab) => tab.tabIndex)).toEqual([0, -1, -1]);
  expect(screen.getByRole('tab', { name: /two/ }).textContent).toContain('4 wait');
  expect(screen.getByRole('tabpanel').getAttribute('aria-labelledby')).toBe('tab-one');
});
