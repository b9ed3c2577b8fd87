// Run in the page by background/clip-tab.ts; what `main` returns is the script's result.
import type { UnlistedScriptDefinition } from 'wxt';
import { defineUnlistedScript } from 'wxt/utils/define-unlisted-script';
import { clipSelection } from '../page/selection.ts';

const script: UnlistedScriptDefinition = defineUnlistedScript(() => clipSelection(document));

export default script;
