// Run in the page by background/clip-tab.ts; what `main` returns is the script's result.
import type { UnlistedScriptDefinition } from 'wxt';
import { defineUnlistedScript } from 'wxt/utils/define-unlisted-script';
import { clipPage } from '../page/clip.ts';

const script: UnlistedScriptDefinition = defineUnlistedScript(() => clipPage(document));

export default script;
