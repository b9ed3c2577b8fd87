import { beforeEach, expect, test, vi } from 'vitest';
import { fakeBrowser } from 'wxt/testing/fake-browser';
import { serveScreens } from '../../../extension/background/screen-port.ts';
import { HeadgateError } from '../../../shared/errors.ts';
import { createPort, settle } from '../support/browser.ts';
import { grantId, run, runId, snapshot } from '../support/samples.ts';

const OWN = { id: 'own', url: 'chrome-extension://own/popup.html' };
let connect: (port: unknown) => void;

beforeEach(() => {
  Object.assign(fakeBrowser.runtime, {
    id: 'own',
    getURL: (path: string) => `chrome-extension://own${path}`,
    onConnect: { addListener: (listener: typeof connect) => (connect = listener) },
  });
});

function serve() {
  const doors = {
    snapshot: vi.fn(() => snapshot()),
    pass: vi.fn(async (): Promise<unknown> => ({})),
    own: {
      'page.save': vi.fn(async () => ({ run: runId(5) })),
      'host.connect': vi.fn(async () => ({})),
      'problem.dismiss': vi.fn(async () => ({})),
    },
    askResult: vi.fn(async () => ({ kind: 'none' as const })),
    onScreens: vi.fn(),
  };
  return { doors, screens: serveScreens(doors) };
}

test('a screen gets a snapshot the moment it connects', () => {
  const { doors } = serve();
  const screen = createPort('screen', OWN);
  connect(screen.port);
  expect(screen.sent).toEqual([{ kind: 'snapshot', snapshot: snapshot() }]);
  expect(doors.onScreens).toHaveBeenLastCalledWith(1);
  screen.drop();
  expect(doors.onScreens).toHaveBeenLastCalledWith(0);
});

test.each([
  ['a port of a page', { id: 'own', url: 'https://evil.example/' }, 'screen'],
  ['a port of another extension', { id: 'other', url: 'chrome-extension://other/popup.html' }, 'screen'],
  ['a port of another name', OWN, 'other'],
])('%s hears nothing', (_fact, sender, name) => {
  const { doors } = serve();
  const port = createPort(name, sender);
  connect(port.port);
  expect(port.sent).toEqual([]);
  expect(doors.onScreens).not.toHaveBeenCalled();
});

test('an ask is answered by the host, a failed one with its code', async () => {
  const { doors } = serve();
  const screen = createPort('screen', OWN);
  connect(screen.port);
  screen.receive({ kind: 'ask', id: 1, method: 'grants.revoke', params: { grant: grantId(1) } });
  await settle();
  expect(doors.pass).toHaveBeenCalledWith('grants.revoke', { grant: grantId(1) });
  expect(screen.sent.at(-1)).toEqual({ kind: 'answer', id: 1, result: {} });
  doors.pass.mockRejectedValueOnce(new HeadgateError('grant_not_found', 'gone'));
  screen.receive({ kind: 'ask', id: 2, method: 'grants.revoke', params: { grant: grantId(1) } });
  await settle();
  expect(screen.sent.at(-1)).toEqual({ kind: 'failure', id: 2, error: { code: 'grant_not_found', message: 'gone', retryable: false } });
});

test('params that do not fit never reach the host, and methods that are not passed are not answered', async () => {
  const { doors } = serve();
  const screen = createPort('screen', OWN);
  connect(screen.port);
  screen.receive({ kind: 'ask', id: 1, method: 'grants.narrow', params: { grant: '../etc' } });
  screen.receive({ kind: 'ask', id: 2, method: 'session.token', params: {} });
  await settle();
  expect(doors.pass).not.toHaveBeenCalled();
  expect(screen.sent.slice(1)).toEqual([{ kind: 'failure', id: 1, error: expect.objectContaining({ code: 'invalid_params' }) }]);
});

test('the result of a run goes to the screen that started it, once', async () => {
  const { doors, screens } = serve();
  const starter = createPort('screen', OWN);
  const other = createPort('screen', OWN);
  connect(starter.port);
  connect(other.port);
  doors.pass.mockResolvedValueOnce({ run: runId(1) });
  starter.receive({ kind: 'ask', id: 1, method: 'runs.start', params: { recipe: 'device.info', input: {} } });
  await settle();
  screens.push(snapshot({ runs: [run({ status: 'running' })] }));
  await settle();
  expect(doors.askResult).not.toHaveBeenCalled();
  screens.push(snapshot({ runs: [run()] }));
  screens.push(snapshot({ runs: [run()] }));
  await settle();
  expect(doors.askResult).toHaveBeenCalledExactlyOnceWith(runId(1));
  expect(starter.sent).toContainEqual({ kind: 'result', run: runId(1), result: { kind: 'none' } });
  expect(starter.sent.at(-1)).toMatchObject({ kind: 'snapshot' });
  expect(JSON.stringify(other.sent)).not.toContain('"result"');
});
