// All files of the grants that a scenario works on, by grant and path.
import { createGrantsFile } from '../../native-host/gate/grants-file.ts';
import { join } from 'node:path';
import { treeOf } from '../native-host/support/changing.ts';

export function treesOf(base: string, options: Parameters<typeof treeOf>[1] = {}): Record<string, string> {
  const grants = createGrantsFile(join(base, 'home')).list();
  return Object.fromEntries(
    grants.flatMap(({ name, folder }) => Object.entries(treeOf(folder, options)).map(([path, is]) => [`${name}/${path}`, is])),
  );
}
