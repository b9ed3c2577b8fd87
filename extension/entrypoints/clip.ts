// Run in the page by background/clip-tab.ts; what `main` returns is the script's result.
import { defineUnlistedScript } from 'wxt/utils/define-unlisted-script';
import { clipPage } from '../page/clip.ts';

export default defineUnlistedScript(() => clipPage(document));
