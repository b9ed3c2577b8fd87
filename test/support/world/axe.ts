// axe-core on a screen of the extension, with the rules of WCAG 2.0 to 2.2, levels A and AA, in light and in dark.
import axe from 'axe-core';
import type { Page } from 'puppeteer';

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

/** Violations as lines for people: scheme, rule, where. Empty when there are none. */
export async function findViolations(screen: Page): Promise<string[]> {
  const found: string[] = [];
  // Evaluated, because the extension's policy lets no script element in.
  await screen.evaluate(axe.source);
  for (const scheme of ['dark', 'light']) {
    await screen.emulateMediaFeatures([
      { name: 'prefers-color-scheme', value: scheme },
      { name: 'prefers-reduced-motion', value: 'reduce' },
    ]);
    const lines = await screen.evaluate(async (tags) => {
      const { violations, passes } = await (globalThis as unknown as { axe: typeof axe }).axe.run({
        runOnly: { type: 'tag', values: tags },
      });
      if (passes.length === 0) return ['axe looked at nothing'];
      return violations.flatMap(({ id, nodes }) =>
        nodes.map(({ target, failureSummary }) => `${id} at ${target.join(' ')}: ${failureSummary ?? ''}`),
      );
    }, TAGS);
    found.push(...lines.map((line) => `${scheme}: ${line}`));
  }
  return found;
}
