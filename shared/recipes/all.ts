// The table of recipes. A new recipe is a file beside this one and a row here.
import { HeadgateError } from '../errors.ts';
import { fileMove, fileTrash, fileWrite } from './change-files.ts';
import { commandRun } from './command-run.ts';
import { deviceInfo, fileOpen, fileReveal } from './device.ts';
import { filesFind } from './files-find.ts';
import { folderDigest } from './folder-digest.ts';
import { pageSave, selectionSave } from './page-save.ts';
import type { Recipe } from './recipe.ts';
import { imageSave, inboxFile, linkSave } from './web-save.ts';

// biome-ignore lint/suspicious/noExplicitAny: each recipe has its own input; its schema is applied before any use.
export const RECIPES: Readonly<Record<string, Recipe<any>>> = Object.fromEntries(
  [
    pageSave,
    selectionSave,
    folderDigest,
    filesFind,
    fileOpen,
    fileReveal,
    deviceInfo,
    commandRun,
    fileMove,
    fileTrash,
    fileWrite,
    linkSave,
    imageSave,
    inboxFile,
  ].map((recipe) => [recipe.name, recipe]),
);

/** Throws `not_found`. */
export function findRecipe(name: string): Recipe {
  const recipe = Object.hasOwn(RECIPES, name) ? RECIPES[name] : undefined;
  if (recipe === undefined) throw new HeadgateError('not_found', `There is no recipe ${name.slice(0, 40)}.`);
  return recipe;
}
