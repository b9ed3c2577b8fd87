import { expect, test } from 'vitest';
import { findTrouble, lampsFor } from '../../../../extension/screens/layers/trouble.ts';
import { grant, snapshot, status } from '../../support/samples.ts';

test.each([
  ['host_missing', 'trouble_host_missing', 'npx headgate install'],
  ['host_forbidden', 'trouble_host_forbidden', 'npx headgate install'],
  ['host_crashed', 'trouble_host_crashed', 'npx headgate doctor'],
  ['agent_down', 'trouble_agent_down', 'npx headgate doctor'],
  ['version_mismatch', 'trouble_version_mismatch', 'npx headgate install'],
  ['internal', 'trouble_host_crashed', 'npx headgate doctor'],
] as const)('%s names the host and the command', (code, title, command) => {
  const down = snapshot({ host: { state: 'down', code }, status: null });
  expect(findTrouble(down)).toMatchObject({ layer: 'host', lamp: 'down', title, command, step: 'retry' });
  expect(lampsFor(down, 'ready')).toMatchObject({ page: { lamp: 'ok' }, host: { lamp: 'down' }, cloud: { lamp: 'off' } });
});

test.each([
  ['unpaired', 'trouble_unpaired', 'pair', 'warn'],
  ['refused', 'trouble_refused', 'pair', 'down'],
  ['away', 'trouble_away', 'retry', 'warn'],
] as const)('a cloud that is %s names the cloud and the step', (state, title, step, lamp) => {
  const trouble = snapshot({ status: status(state) });
  expect(findTrouble(trouble)).toMatchObject({ layer: 'cloud', title, step, lamp });
  expect(lampsFor(trouble, 'ready').cloud.lamp).toBe(lamp);
});

test('damaged grants come before the cloud', () => {
  const damaged = status('away', { grants: { count: 0, problem: { code: 'grants_damaged', message: 'line 3' } } });
  expect(findTrouble(snapshot({ status: damaged }))).toMatchObject({ layer: 'host', title: 'trouble_grants', detail: 'line 3' });
});

test('no folder yet is the last thing to tell', () => {
  expect(findTrouble(snapshot({ grants: [] }))).toMatchObject({ title: 'trouble_no_folder', step: 'choose' });
  expect(findTrouble(snapshot({ grants: [], status: status('unpaired') }))).toMatchObject({ title: 'trouble_unpaired' });
});

test('while another try is under way the card of the last one stays, and the lamp is busy', () => {
  const trying = snapshot({ host: { state: 'connecting', after: 'host_missing' }, status: null });
  expect(findTrouble(trying)).toMatchObject({ layer: 'host', title: 'trouble_host_missing', step: 'retry' });
  expect(lampsFor(trying, 'ready').host.lamp).toBe('busy');
});

test('while connecting and when all is well there is nothing to mend', () => {
  expect(findTrouble(snapshot({ host: { state: 'connecting' }, status: null, grants: null }))).toBeNull();
  expect(findTrouble(snapshot({ grants: [grant()] }))).toBeNull();
  expect(lampsFor(snapshot(), 'closed').page.lamp).toBe('off');
});
