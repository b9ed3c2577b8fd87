// What the log may hold: facts. Canaries ride in every place where content, names, tokens or codes could; none may come out.
import { expect, test } from 'vitest';
import { createLog, factsOf } from '../../cloud/log.ts';
import { connect, dial, post } from './support/device-program.ts';
import { id, SEALED, spec } from './support/runs.ts';
import { startTestCloud } from './support/test-cloud.ts';

test('a line is JSON with time, level, event and facts; less than the least level is left out', () => {
  const lines: string[] = [];
  const log = createLog(
    (line) => lines.push(line),
    'warn',
    () => 0,
  );
  log('info', 'quiet');
  log('error', 'loud', { run: 'r_1' });
  expect(lines).toEqual(['{"at":"1970-01-01T00:00:00.000Z","level":"error","event":"loud","run":"r_1"}\n']);
});

test('of an error only its name, its codes and its frames are said', () => {
  const error = Object.assign(new TypeError('canary in a message\n    at canary of two words'), {
    code: '23505',
    detail: 'Key (canary)',
    constraint: 'codes_pkey',
  });
  const facts = factsOf(error);
  expect(facts).toMatchObject({ error: 'TypeError', code: '23505', constraint: 'codes_pkey' });
  expect(JSON.stringify(facts)).not.toContain('canary');
  expect(JSON.stringify(factsOf(Object.assign(new Error('x'), { code: 'canary text' })))).not.toContain('canary');
});

test('nothing that a device or a person sends comes out in the log', async () => {
  const cloud = await startTestCloud();
  try {
    const enrolled = await cloud.enrol();
    const device = await connect(cloud.url, enrolled);
    const run = spec(enrolled.device, { recipe: 'CANARY recipe' });
    await device.ask('run.submit', { spec: run, sealed: SEALED });
    await device
      .ask('infer', {
        run: run.id,
        step: id('info'),
        op: 'text.summarize',
        receipt: 'x_00000000000000000000000000000000' as never,
        question: { texts: ['CANARY text'] },
        deadlineMs: 1_000,
      })
      .catch(() => undefined);
    await device.report(run.id, id('info'), 1, {
      type: 'failed',
      code: 'no_permission',
      message: 'CANARY message',
      retryable: false,
      nothingChanged: true,
    });
    await device.ask('task.report', { run: 'CANARY' } as never).catch(() => undefined);
    await post(`${cloud.url}/v1/sign-in`, { code: 'CANARY' });
    await post(`${cloud.url}/v1/token`, { grant_type: 'refresh_token', refresh_token: 'CANARY' });
    await post(`${cloud.url}/v1/token`, { grant_type: 'client_credentials', client_assertion: 'Q0FOQVJZ.Q0FOQVJZ.Q0FOQVJZ' });
    await fetch(`${cloud.url}/CANARY?CANARY=CANARY`, {
      headers: { authorization: 'Bearer CANARY', cookie: 'CANARY=1', 'user-agent': 'CANARY' },
    });
    await fetch(`${cloud.url}/v1/sign-in`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"CANARY": CANARY' });
    const rude = dial(cloud.url);
    await rude.next('agent.challenge');
    rude.socket.send('CANARY');
    await rude.closed;
    await device.close();
    const log = cloud.logged.join('');
    expect(log).toContain('"event":"run.accepted"');
    expect(log).not.toMatch(/canary|Q0FOQVJZ/i);
    for (const secret of [enrolled.tokens.access, enrolled.tokens.refresh, 'test device', 'test machine', SEALED, enrolled.keys.signKey.x])
      expect(log).not.toContain(secret);
  } finally {
    await cloud.stop();
  }
}, 60_000);
