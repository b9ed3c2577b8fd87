// Each layer down in its own way, in a real browser: the popup names the layer, offers the next step, and recovers when the
// person has done it.
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Page } from 'puppeteer';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { rpcFailure } from '../../shared/protocol/rpc.ts';
import { EXTENSION_ID, HOST_NAME } from '../../native-host/install/manifest.ts';
import { findViolations } from '../support/world/axe.ts';
import { manifestFile, registerHost } from '../support/world/chromium.ts';
import { chooseByKeyboard, readLamps, readTrouble, waitForRow, press } from '../support/world/popup.ts';
import { findProcesses } from '../support/world/processes.ts';
import { openWorld, type World } from '../support/world.ts';

let world: World;

beforeAll(async () => {
  world = await openWorld({
    install: false,
    pair: false,
    grants: { Notes: { files: { 'Note.md': '# Note\n\nThe sturgeon passes the weir in May.\n' } } },
  });
});

afterAll(() => world?.close());

test('without a manifest the popup says that the host is missing, and how to install it', async () => {
  const popup = await world.chromium.openPopup();
  await expectTrouble(popup, 'trouble_host_missing', 'npx headgate install');
  expect(await readLamps(popup)).toMatchObject({ host: 'down', cloud: 'off' });
  expect(await popup.$eval('#box', (box) => (box as HTMLInputElement).disabled)).toBe(true);
  for (const name of ['options', 'welcome'] as const) {
    const screen = await world.chromium.openScreen(name);
    await screen.waitForSelector('.card.fix[data-trouble="trouble_host_missing"]');
    expect(await findViolations(screen), name).toEqual([]);
    await screen.close();
  }
});

test('a manifest for another extension is told as a host that does not know this browser', async () => {
  writeManifest({ path: writeProgram('idle', 'cat > /dev/null'), origin: 'chrome-extension://aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/' });
  await expectTrouble(await tryAgain(), 'trouble_host_forbidden', 'npx headgate install');
});

test('a host that exits at once is told as one that stopped, and the button keeps its focus meanwhile', async () => {
  writeManifest({ path: writeProgram('leaves', 'exit 3') });
  const popup = await tryAgain();
  await expectTrouble(popup, 'trouble_host_crashed', 'npx headgate doctor');
  expect(await popup.evaluate(() => document.activeElement?.matches('.card.fix button.primary'))).toBe(true);
});

test('a host that writes what is no frame is told as one that stopped', async () => {
  const path = writeProgram('chatters', 'touch "$0.started"; echo "Hello, I am a log line on the wrong stream."; cat > /dev/null');
  writeManifest({ path });
  const popup = await tryAgain();
  // The card is the same as before, so first it has to have been started.
  await expect.poll(() => existsSync(`${path}.started`)).toBe(true);
  await expectTrouble(popup, 'trouble_host_crashed', 'npx headgate doctor');
});

test('a host of another version is told as one that does not fit, with the next step', async () => {
  const answer = JSON.stringify(
    rpcFailure(1, { code: 'version_mismatch', message: 'This host speaks protocol 7 to 9.', retryable: false }),
  );
  const program = `const answer = ${JSON.stringify(answer)};
process.stdin.once('data', (frame) => {
  const { id } = JSON.parse(frame.subarray(4).toString('utf8'));
  const bytes = Buffer.from(JSON.stringify({ ...JSON.parse(answer), id }));
  const head = Buffer.alloc(4);
  head.writeUInt32LE(bytes.length);
  process.stdout.write(Buffer.concat([head, bytes]));
});
process.stdin.on('end', () => process.exit());`;
  const file = join(world.folder, 'hosts', 'other-version.cjs');
  writeFileSync(file, program);
  writeManifest({ path: writeProgram('other-version', `exec '${process.execPath}' '${file}'`) });
  await expectTrouble(await tryAgain(), 'trouble_version_mismatch', 'npx headgate install');
});

test('once the host is installed, trying again finds it, unpaired, and finding works already', async () => {
  rmSync(manifestFile(world.chromium.profile));
  await registerHost(world.chromium.profile, world.home);
  const popup = await tryAgain();
  await popup.waitForSelector('.card.fix[data-trouble="trouble_unpaired"]');
  expect(await readLamps(popup)).toMatchObject({ host: 'ok', cloud: 'warn' });
  expect(await findViolations(popup)).toEqual([]);
  await chooseByKeyboard(popup, 'sturgeon', 'find');
  await waitForRow(popup, 'files.find', 'succeeded');
});

test('a wrong code is refused in words, the right one pairs', async () => {
  const popup = await world.chromium.openPopup();
  await popup.waitForSelector('form.pair input[name="code"]');
  await pairWith(popup, 'ZZZZ-0000');
  await popup.waitForSelector('form.pair .failure');
  expect(await popup.$eval('form.pair .failure', (words) => words.textContent)).toContain('This code is not valid');
  expect(await findViolations(popup)).toEqual([]);
  await pairWith(popup, world.cloud.code);
  await popup.waitForSelector('.station[data-layer="cloud"][data-lamp="ok"]');
  expect(await readTrouble(popup)).toBeNull();
  await chooseByKeyboard(popup, 'about', 'info');
  await waitForRow(popup, 'device.info', 'succeeded');
});

test('two browser profiles and a terminal share one agent', async () => {
  const other = await world.openAnotherChromium();
  const screens = [await world.chromium.openPopup(), await other.openPopup()];
  for (const screen of screens) await screen.waitForSelector('.station[data-layer="cloud"][data-lamp="ok"]');
  const terminal = await world.agent.terminal();
  expect(terminal.status.host.pid).toBe(world.agent.pid());
  const running = (pattern: RegExp) => findProcesses(world.folder).filter(({ command }) => pattern.test(command));
  expect(running(/host\.cjs agent/).map(({ pid }) => pid)).toEqual([world.agent.pid()]);
  expect(running(/relay\.cjs chrome-extension:/)).toHaveLength(2);
  const { run } = await terminal.call('runs.start', { recipe: 'files.find', input: { query: 'sturgeon' } });
  for (const screen of screens) await screen.waitForSelector(`li.run[data-run="${run}"][data-status="succeeded"]`);
  await other.close();
});

test('a cloud that is away is told, work goes on at home, and checking again finds it back', async () => {
  await world.cloud.kill();
  await world.waitForCloud('away');
  const popup = await world.chromium.openPopup();
  await popup.waitForSelector('.card.fix[data-trouble="trouble_away"]');
  expect(await readLamps(popup)).toMatchObject({ host: 'ok', cloud: 'warn' });
  expect(await findViolations(popup)).toEqual([]);
  await chooseByKeyboard(popup, 'sturgeon', 'find');
  await waitForRow(popup, 'files.find', 'succeeded');
  await world.cloud.start();
  await popup.waitForSelector('.station[data-layer="cloud"][data-lamp="ok"]', { timeout: 60_000 });
  expect(await readTrouble(popup)).toBeNull();
});

async function expectTrouble(popup: Page, title: string, command: string): Promise<void> {
  await popup.waitForSelector(`.card.fix[data-trouble="${title}"] code`);
  await popup.waitForSelector('.station[data-layer="host"][data-lamp="down"]');
  expect(await popup.$eval('.card.fix code', (code) => code.textContent)).toBe(command);
  expect(await findViolations(popup)).toEqual([]);
}

/** Opens the popup and presses the button of its card. */
async function tryAgain(): Promise<Page> {
  const popup = await world.chromium.openPopup();
  await popup.waitForSelector('.card.fix button.primary');
  await press(popup, '.card.fix button.primary');
  return popup;
}

async function pairWith(popup: Page, code: string): Promise<void> {
  for (const [name, value] of [
    ['code', code],
    ['cloud', world.cloud.url],
  ] as const) {
    const field = `form.pair input[name="${name}"]`;
    await popup.$eval(field, (input) => (input as HTMLInputElement).select());
    await popup.type(field, value);
  }
  await press(popup, 'form.pair button[type="submit"]');
}

function writeManifest({ path, origin = `chrome-extension://${EXTENSION_ID}/` }: { path: string; origin?: string }): void {
  const file = manifestFile(world.chromium.profile);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(
    file,
    JSON.stringify({ name: HOST_NAME, description: 'A host for a test', path, type: 'stdio', allowed_origins: [origin] }),
  );
}

/** A small program that the browser starts as the host. */
function writeProgram(name: string, script: string): string {
  const file = join(world.folder, 'hosts', name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return file;
}
