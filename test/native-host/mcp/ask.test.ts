import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { NO_CHANGE } from '../../../native-host/gate/changes.ts';
import { createAreas } from '../../../native-host/mcp/areas.ts';
import { createAsker, type Question } from '../../../native-host/mcp/ask.ts';
import type { RunId, StepId } from '../../../shared/ids.ts';

let folder: string;
let home: string;

/** A file where a home is to be: no agent can be had there. */
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'headgate-ask-'));
  home = join(folder, 'home');
  writeFileSync(home, '');
});
afterEach(() => rmSync(folder, { recursive: true }));

const about = (name: string): Question => ({
  title: name,
  items: [],
  bytes: 1,
  step: 'read-file' as StepId,
  bound: [name],
  folders: [],
  shows: () => NO_CHANGE,
});

test('questions that came to nothing while nobody waited for them hold up no others', async () => {
  const areas = createAreas([], () => []);
  const hasty = createAsker(home, `r_${'0'.repeat(32)}` as RunId, areas, new AbortController().signal, 0);
  const asked = Array.from({ length: 20 }, (_, n) => hasty.ask(about(`file ${n}`), 'client'));
  await expect(hasty.ask(about('one more'), 'client')).rejects.toMatchObject({ code: 'busy' });
  for (const each of asked) await expect(each).rejects.toMatchObject({ code: 'unavailable' });
  await expect.poll(() => hasty.ask(about('one more'), 'client').catch(({ code }) => code), { timeout: 10_000 }).toBe('unavailable');
});
