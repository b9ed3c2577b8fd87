// The native messaging manifest: which program a browser may start, and for which extension. Pure.
import type { Family } from './browsers.ts';

export const HOST_NAME = 'app.headgate.host';
/** The extension's id in Chromium's family, fixed by the key in its manifest. */
export const EXTENSION_ID = 'abmcebenndkcfbeebonagoofdjaedaba';
/** The extension's id in Mozilla's family. */
export const GECKO_ID = 'extension@headgate.app';

export const MANIFEST_FILE = `${HOST_NAME}.json`;

export interface Manifest {
  name: string;
  description: string;
  path: string;
  type: 'stdio';
  allowed_origins?: string[];
  allowed_extensions?: string[];
}

/** The manifest for a launcher. Chromium wants origins with a trailing slash, Mozilla add-on ids. */
export function makeManifest(family: Family, launcher: string): Manifest {
  const head: Manifest = { name: HOST_NAME, description: `Headgate native host; belongs to ${launcher}`, path: launcher, type: 'stdio' };
  return family === 'gecko' ? { ...head, allowed_extensions: [GECKO_ID] } : { ...head, allowed_origins: [originOf(EXTENSION_ID)] };
}

export function originOf(extension: string): string {
  return `chrome-extension://${extension}/`;
}

export function manifestText(manifest: Manifest): string {
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

/** A manifest as found on disk: enough of it to say whose it is, or `null` when it is none. */
export function parseManifest(text: string): Partial<Manifest> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Partial<Manifest>) : null;
  } catch {
    return null;
  }
}
