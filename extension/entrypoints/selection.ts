// Run in the page by background/clip-tab.ts; what `main` returns is the script's result.
import { defineUnlistedScript } from 'wxt/utils/define-unlisted-script';
import { clipSelection } from '../page/selection.ts';

export default defineUnlistedScript(() => clipSelection(document));
