import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { applyEdits } from '../../../native-host/mcp/edits.ts';

test('an edit fits where its lines stand first, whatever the white space around them', () => {
  expect(applyEdits('a\n  b\n  c\nd', [{ oldText: 'b\nc', newText: 'x\n  y' }])).toEqual({ text: 'a\n  x\n  y\nd' });
  expect(applyEdits('a\nb', [{ oldText: 'c', newText: 'x' }])).toEqual({ misfit: 'Could not find exact match for edit:\nc' });
});

test('lines are found where looking at each place finds them', () => {
  const line = fc.constantFrom('a', ' a', 'b ', 'ab');
  fc.assert(
    fc.property(fc.array(line, { maxLength: 12 }), fc.array(line, { minLength: 1, maxLength: 4 }), (lines, wanted) => {
      const trimmed = lines.map((each) => each.trim());
      const at = trimmed.findIndex((_, from) => wanted.every((each, index) => trimmed[from + index] === each.trim()));
      // A tab behind each line, so that it is never found as it stands.
      const edited = applyEdits(lines.map((each) => `${each}\t`).join('\n'), [{ oldText: wanted.join('\n'), newText: 'new' }]);
      const whole = wanted.length === 1 && lines.some((each) => each.includes(wanted[0] ?? ''));
      if (whole) return;
      if (at < 0) expect(edited).toHaveProperty('misfit');
      else expect('text' in edited && edited.text.split('\n')[at]?.trim()).toBe('new');
    }),
  );
});

test('a file of lines that are all alike is looked through in time', () => {
  const edit = { oldText: `${'a\n'.repeat(5_000)}b`, newText: '' };
  expect(applyEdits(' a\n'.repeat(400_000), [edit])).toHaveProperty('misfit');
});
