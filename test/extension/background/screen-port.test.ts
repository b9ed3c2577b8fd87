import { beforeEach, expect, test, vi } from 'vitest';
import { fakeBrowser } from 'wxt/testing/fake-browser';
import { serveScreens } from '../../../extension/background/screen-port.ts';
import { HeadgateError } from '../../../shared/errors.ts';
import { createPort, type FakePort, settle } from '../support/browser.ts';
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
      'download.signedIn': vi.fn(async () => ({})),
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
  expect(screen.sent).toEqual([{ kind: 'snapshot', snapshot: snapshot(), results: [] }]);
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

async function startFrom(screen: FakePort, doors: ReturnType<typeof serve>['doors']): Promise<void> {
  connect(screen.port);
  doors.pass.mockResolvedValueOnce({ run: runId(1) });
  screen.receive({ kind: 'ask', id: 1, method: 'runs.start', params: { recipe: 'device.info', input: {} } });
  await settle();
}

test('the result of a run is asked for when it is over, and goes to the screen that started it, once, with its end', async () => {
  const { doors, screens } = serve();
  const [starter, other] = [createPort('screen', OWN), createPort('screen', OWN)];
  connect(other.port);
  await startFrom(starter, doors);
  doors.snapshot.mockReturnValue(snapshot({ runs: [run({ status: 'running' })] }));
  screens.push(doors.snapshot());
  await settle();
  expect(doors.askResult).not.toHaveBeenCalled();
  doors.snapshot.mockReturnValue(snapshot({ runs: [run()] }));
  screens.push(doors.snapshot());
  screens.push(doors.snapshot());
  await settle();
  expect(doors.askResult).toHaveBeenCalledExactlyOnceWith(runId(1));
  const told = { kind: 'snapshot', snapshot: snapshot({ runs: [run()] }) };
  expect(starter.sent.at(-1)).toEqual({ ...told, results: [{ run: runId(1), result: { kind: 'none' } }] });
  expect(other.sent.at(-1)).toEqual({ ...told, results: [] });
});

test('a screen’s run is followed: its result comes with its end and is not asked for', async () => {
  const { doors, screens } = serve();
  const starter = createPort('screen', OWN);
  await startFrom(starter, doors);
  expect(doors.pass).toHaveBeenCalledWith('runs.start', expect.objectContaining({ follow: true }));
  screens.give(runId(1), { kind: 'none' });
  screens.give(runId(2), { kind: 'none' });
  doors.snapshot.mockReturnValue(snapshot({ runs: [run()] }));
  screens.push(doors.snapshot());
  await settle();
  expect(doors.askResult).not.toHaveBeenCalled();
  expect(starter.sent.at(-1)).toMatchObject({ snapshot: { runs: [{ status: 'succeeded' }] }, results: [{ run: runId(1) }] });
});

test('what changes within a frame is told once, as it is at the end', () => {
  vi.useFakeTimers();
  const { doors, screens } = serve();
  const screen = createPort('screen', OWN);
  connect(screen.port);
  for (const saving of [true, false, true]) {
    doors.snapshot.mockReturnValue(snapshot({ saving }));
    screens.push(doors.snapshot());
  }
  expect(screen.sent).toHaveLength(1);
  vi.runAllTimers();
  vi.useRealTimers();
  expect(screen.sent.slice(1)).toEqual([{ kind: 'snapshot', snapshot: snapshot({ saving: true }), results: [] }]);
});
