// The one owner of extension storage, and the only file that may name it. What can be kept is what this schema allows:
// ids, codes and times. No text of a page, a file, a run or an approval has a place here, so none can be kept.
import * as z from 'zod';
import browser from 'webextension-polyfill';
import { ERROR_CODES } from '../../shared/errors.ts';
import { GrantId } from '../../shared/ids.ts';

/** For as long as the browser runs: an action that failed while no screen was open. */
const Session = z.strictObject({
  problem: z
    .strictObject({ action: z.enum(['save-page', 'save-selection', 'save-link', 'save-image']), code: z.enum(ERROR_CODES), at: z.int() })
    .nullable()
    .default(null),
});
/** For good: the folder that pages were last saved to, offered first. */
const Local = z.strictObject({ lastGrant: GrantId.nullable().default(null) });

const KEY = 'settings';
const AREAS = { session: Session, local: Local } as const;
type Area = keyof typeof AREAS;
type Settings<Name extends Area> = z.infer<(typeof AREAS)[Name]>;

/** Damaged or older settings give the defaults: nothing here is worth an error. */
export async function loadSettings<Name extends Area>(area: Name): Promise<Settings<Name>> {
  const stored = await browser.storage[area].get(KEY);
  const parsed = AREAS[area].safeParse(stored[KEY] ?? {});
  return (parsed.success ? parsed.data : AREAS[area].parse({})) as Settings<Name>;
}

export async function saveSettings<Name extends Area>(area: Name, settings: Settings<Name>): Promise<void> {
  await browser.storage[area].set({ [KEY]: AREAS[area].parse(settings) });
}
