// What a person reads and does in the popup, by keyboard and by the names that the screen gives its parts.
import type { Page } from 'puppeteer';

export interface RunLine {
  run: string;
  recipe: string;
  status: string;
  text: string;
}

/** The three lamps as they are now: `{ page: 'ok', host: 'ok', cloud: 'ok' }`. */
export function readLamps(screen: Page): Promise<Record<string, string>> {
  return screen.$$eval('.station', (stations) =>
    Object.fromEntries(stations.map((each) => [each.getAttribute('data-layer') ?? '', each.getAttribute('data-lamp') ?? ''])),
  );
}

export function readRuns(screen: Page): Promise<RunLine[]> {
  return screen.$$eval('li.run', (lines) =>
    lines.map((line) => ({
      run: line.getAttribute('data-run') ?? '',
      recipe: line.getAttribute('data-recipe') ?? '',
      status: line.getAttribute('data-status') ?? '',
      text: (line as HTMLElement).innerText,
    })),
  );
}

/** The trouble that the screen names, by its key; `null` when all is well. */
export function readTrouble(screen: Page): Promise<string | null> {
  return screen.evaluate(() => document.querySelector('.card.fix')?.getAttribute('data-trouble') ?? null);
}

/** Types into the box, moves with the arrow key to the command, and presses Enter: no mouse. `command` may be a beginning. */
export async function chooseByKeyboard(popup: Page, words: string, command: string): Promise<void> {
  await popup.waitForSelector('#box:not([disabled])');
  await popup.focus('#box');
  await popup.keyboard.down('Control');
  await popup.keyboard.press('a');
  await popup.keyboard.up('Control');
  await popup.keyboard.press('Backspace');
  await popup.keyboard.type(words);
  const selector = `#choices [data-command^="${command}"]`;
  await popup.waitForSelector(selector);
  for (let presses = 0; presses < 20; presses += 1) {
    if (await popup.$eval(selector, (choice) => choice.getAttribute('aria-selected') === 'true')) break;
    await popup.keyboard.press('ArrowDown');
  }
  await popup.waitForSelector(`${selector}[aria-selected="true"]`);
  await popup.keyboard.press('Enter');
}

/** The row of the newest run of a recipe, once it is in one of these states. */
export async function waitForRow(screen: Page, recipe: string, ...statuses: string[]): Promise<RunLine> {
  const selector = statuses.map((status) => `li.run[data-recipe="${recipe}"][data-status="${status}"]`).join(',');
  await screen.waitForSelector(selector, { timeout: 60_000 });
  return (await readRuns(screen)).find((row) => row.recipe === recipe && statuses.includes(row.status)) as RunLine;
}

/** Clicks the first part of the screen that fits, once it is there. A screen that is drawn anew meanwhile is tried again. */
export async function press(screen: Page, selector: string): Promise<void> {
  await screen.locator(selector).setTimeout(15_000).click();
}
