// The context menus: "Save page to…", "Save selection to…", "Save link to…", "Save image to…", each with one entry per granted
// folder that may be written to, and one that lets the person choose another. Ids: `save-page:<grant>`, `save-page:choose`, and
// so on; the parents are the actions' own names.
import browser, { type Menus } from 'webextension-polyfill';
import { escapeForDisplay } from '../../shared/gate/names.ts';
import type { GrantView } from '../../shared/gate/grants.ts';
import { GrantId } from '../../shared/ids.ts';
import { t } from '../i18n.ts';

/** What is read in the page, and what the host fetches from the web. */
export type ClipAction = 'save-page' | 'save-selection';
export type FetchAction = 'save-link' | 'save-image';
export type SaveAction = ClipAction | FetchAction;
/** `grant: null`: the person chooses a folder in the host's own chooser. */
export interface MenuChoice {
  action: SaveAction;
  grant: GrantId | null;
}

const ACTIONS = {
  'save-page': { contexts: ['page', 'frame', 'link', 'image', 'video', 'audio'], title: 'menu_save_page', alone: 'menu_save_page_choose' },
  'save-selection': { contexts: ['selection'], title: 'menu_save_selection', alone: 'menu_save_selection_choose' },
  'save-link': { contexts: ['link'], title: 'menu_save_link', alone: 'menu_save_link_choose' },
  'save-image': { contexts: ['image'], title: 'menu_save_image', alone: 'menu_save_image_choose' },
} as const;
/** Grants shown in a menu; the rest is in the popup. */
const MAX_ENTRIES = 20;

/** Whether pages can be saved there now. */
export function isWritable(grant: GrantView): boolean {
  return grant.rights.includes('write') && grant.state === 'ready';
}

export function parseMenuId(id: string | number): MenuChoice | null {
  const [, action, target] = /^(save-(?:page|selection|link|image)):(choose|g_[0-9a-f]{32})$/.exec(String(id)) ?? [];
  if (action === undefined || target === undefined) return null;
  return { action: action as SaveAction, grant: target === 'choose' ? null : GrantId.parse(target) };
}

/** The entries for these grants, in order; pure. */
export function planMenus(grants: readonly GrantView[]): Menus.CreateCreatePropertiesType[] {
  const writable = grants.filter(isWritable).slice(0, MAX_ENTRIES);
  return (Object.keys(ACTIONS) as SaveAction[]).flatMap((action): Menus.CreateCreatePropertiesType[] => {
    const { contexts, title, alone } = ACTIONS[action];
    const shared = { contexts: [...contexts] };
    const choose = { ...shared, id: `${action}:choose` };
    if (writable.length === 0) return [{ ...choose, title: t(alone) }];
    return [
      { ...shared, id: action, title: t(title) },
      ...writable.map((grant) => ({ ...shared, id: `${action}:${grant.id}`, parentId: action, title: menuText(grant.name) })),
      { ...shared, id: `${action}:line`, parentId: action, type: 'separator' },
      { ...choose, parentId: action, title: t('menu_choose') },
    ];
  });
}

export interface MenuKeeper {
  /** Rebuilds the menus unless they are as these grants need them. */
  show(grants: readonly GrantView[]): Promise<void>;
}

/** Rebuilds one after the other: the menus' calls are asynchronous, and two rebuilds at once would mix. */
export function createMenuKeeper(): MenuKeeper {
  let shown = '';
  let queue = Promise.resolve();
  return {
    show(grants) {
      const plan = planMenus(grants);
      const wish = JSON.stringify(plan);
      queue = queue.then(async () => {
        if (wish === shown) return;
        await browser.contextMenus.removeAll();
        for (const entry of plan) browser.contextMenus.create(entry, () => void browser.runtime.lastError);
        shown = wish;
      });
      return queue;
    },
  };
}

/** `&` marks an access key in menus; doubled it is itself. */
function menuText(name: string): string {
  return escapeForDisplay(name).replace(/&/g, '&&');
}
