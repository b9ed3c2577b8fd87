// A name that comes from a file, a page or a title, as a person may safely read it: what cannot be seen is made visible, and
// a direction that it sets ends with it. The host escapes its names too; a screen takes no chance.
import { escapeForDisplay } from '../../../shared/gate/names.ts';

export function Name({ children }: { children: string }) {
  return <bdi>{escapeForDisplay(children)}</bdi>;
}
