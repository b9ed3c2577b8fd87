// A run's whole life through the real cloud: handed in, dispatched, reported, finished.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connect } from './support/device-program.ts';
import { id, outcome, SEALED, spec } from './support/runs.ts';
import { startTestCloud, type TestCloud } from './support/test-cloud.ts';

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await startTestCloud();
}, 60_000);
afterAll(() => cloud.stop());

test('a run of one step is dispatched, reported and finished', async () => {
  const enrolled = await cloud.enrol();
  const device = await connect(cloud.url, enrolled);
  const run = spec(enrolled.device);
  await device.ask('run.submit', { spec: run, sealed: SEALED });
  const task = await device.next('task.assign', (params) => params.run === run.id);
  expect(task).toEqual({ run: run.id, step: 'info', attempt: 1, where: 'home' });
  await device.report(run.id, id('info'), 1, { type: 'started' });
  await device.report(run.id, id('info'), 1, { type: 'succeeded', outcome: outcome() });
  const last = await device.next('run.events', ({ events }) => events.some((event) => event.type === 'run.finished'));
  expect(last.events.map((event) => event.type)).toEqual(['step.succeeded', 'run.finished']);
  await device.close();
});
