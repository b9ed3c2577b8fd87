// How the browser extension is built: `wxt build -b chrome` → dist/chrome-mv3, `wxt build -b firefox --mv3` → dist/firefox-mv3.
// The permissions are the least that the product works with; test/extension/manifest.test.ts says why each is there.
import preact from '@preact/preset-vite';
import { defineConfig } from 'wxt';
import identity from './extension/identity.json' with { type: 'json' };

export default defineConfig({
  srcDir: 'extension',
  publicDir: 'extension/public',
  outDir: 'dist',
  manifestVersion: 3,
  imports: false,
  vite: () => ({ plugins: [preact()] }),
  manifest: ({ browser }) => ({
    name: '__MSG_extension_name__',
    description: '__MSG_extension_description__',
    default_locale: 'en',
    icons: { 16: 'icon/16.png', 32: 'icon/32.png', 48: 'icon/48.png', 128: 'icon/128.png' },
    action: { default_icon: { 16: 'icon/16.png', 32: 'icon/32.png', 48: 'icon/48.png' } },
    permissions: ['nativeMessaging', 'contextMenus', 'activeTab', 'scripting', 'storage', 'notifications'],
    // Asked for by a click, where a download needs the person's own session in the browser.
    optional_permissions: ['downloads'],
    // Reading the list of runs from a cloud on this machine; any other cloud's origin is asked for at sign-in.
    host_permissions: ['http://127.0.0.1/*'],
    optional_host_permissions: ['https://*/*'],
    // Explicit, because Firefox's own MV3 default would upgrade ws://127.0.0.1 to wss.
    content_security_policy: {
      extension_pages:
        "default-src 'self'; script-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'; img-src 'self' data:; connect-src 'self' https: wss: http://127.0.0.1:* ws://127.0.0.1:*",
    },
    ...(browser === 'chrome' ? { key: identity.key, minimum_chrome_version: '120' } : {}),
    ...(browser === 'firefox'
      ? {
          browser_specific_settings: {
            gecko: { id: 'extension@headgate.app', strict_min_version: '128.0', data_collection_permissions: { required: ['none'] } },
          },
        }
      : {}),
  }),
});
