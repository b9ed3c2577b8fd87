import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { choosePersonally, confirmPersonally } from '../../../native-host/gate/chooser.ts';
import { windowsOf } from '../../../native-host/gate/windows.ts';
import { type Desktop, openDesktop } from '../../support/desktop.ts';

let desktop: Desktop | undefined;
beforeEach(() => {
  desktop = undefined;
});
afterEach(() => {
  desktop?.close();
  vi.unstubAllEnvs();
});
const WISH = { title: 'Title', text: 'Shall it?\nReally?', yes: 'It shall', instead: 'In a terminal: headgate grant FOLDER' } as const;

describe.skipIf(process.platform !== 'linux')('the host’s own windows', () => {
  test.each(['zenity', 'kdialog'] as const)('a folder and its label are chosen in %s, one after the other', async (program) => {
    desktop = openDesktop(['/home/ann/Notes', 'Never let anything leave this computer'], program);
    expect(await choosePersonally(true)).toEqual({ folder: '/home/ann/Notes', rights: ['read', 'write'], label: 'home' });
    expect(desktop.shown()).toHaveLength(2);
  });

  test('closing either of the two grants nothing', async () => {
    desktop = openDesktop([null]);
    expect(await choosePersonally(true)).toBeNull();
    desktop.close();
    desktop = openDesktop(['/home/ann/Notes', null]);
    expect(await choosePersonally(true)).toBeNull();
  });

  test('a yes in zenity is a yes, and closing it is none', async () => {
    desktop = openDesktop([{ code: 0 }, { code: 1 }]);
    expect(await confirmPersonally(WISH)).toBe(true);
    expect(await confirmPersonally(WISH)).toBe(false);
  });

  test('the second button of kdialog is a yes; the first, and closing it, are none', async () => {
    desktop = openDesktop([{ code: 1 }, { code: 0 }, { code: 2 }], 'kdialog');
    expect(await confirmPersonally(WISH)).toBe(true);
    expect(await confirmPersonally(WISH)).toBe(false);
    expect(await confirmPersonally(WISH)).toBe(false);
  });

  test('one is open at a time; another is refused and not shown later', async () => {
    desktop = openDesktop(['', '']);
    const first = confirmPersonally(WISH);
    await expect(confirmPersonally(WISH)).rejects.toMatchObject({ code: 'busy' });
    await expect(choosePersonally(true)).rejects.toMatchObject({ code: 'busy' });
    expect(await first).toBe(true);
    expect(desktop.shown()).toHaveLength(1);
    expect(await confirmPersonally(WISH)).toBe(true);
  });

  test('without a desktop, or a program that shows windows, the command for a terminal is said', async () => {
    const none = { code: 'unavailable', next: WISH.instead };
    vi.stubEnv('DISPLAY', '');
    vi.stubEnv('WAYLAND_DISPLAY', '');
    await expect(confirmPersonally(WISH)).rejects.toMatchObject(none);
    desktop = openDesktop([], 'nothing');
    vi.stubEnv('PATH', '/nowhere');
    await expect(confirmPersonally(WISH)).rejects.toMatchObject(none);
  });
});

describe('a name that is written like markup, an option or a script stays a name', () => {
  const EVIL = `--yes <b>x</b> & "'’\u2018); exit 0 #`;

  test('in zenity it is one argument, and nothing in it is read as markup', () => {
    const [zenity] = windowsOf('linux').confirm('T', EVIL, 'Yes');
    expect(zenity?.args).toContain(`--text=${EVIL}`);
    expect(zenity?.args).toContain('--no-markup');
    expect(zenity?.args).toContain('--default-cancel');
  });

  test('in kdialog it is markup that says it', () => {
    const [, kdialog] = windowsOf('linux').confirm('T', `${EVIL}\nend`, 'Yes');
    expect(kdialog?.args.at(-2)).toBe('--warningyesnocancel');
    expect(kdialog?.args.at(-1)).toBe(`<qt>--yes &lt;b&gt;x&lt;/b&gt; &amp; "'’\u2018); exit 0 #<br>end</qt>`);
  });

  test('in osascript it is an argument of a script that does not have it', () => {
    const [osascript] = windowsOf('darwin').confirm('T', EVIL, 'Yes');
    const script = osascript?.args.slice(0, osascript.args.lastIndexOf('-e') + 2).join('\n');
    expect(script).not.toContain('exit 0');
    expect(osascript?.args.slice(-3)).toEqual(['T', EVIL, 'Yes']);
  });

  test('in PowerShell it is base64, which has no quotes', () => {
    const script = windowsOf('win32').confirm('T', EVIL, 'Yes')[0]?.args.at(-1) ?? '';
    expect(script).not.toContain('exit 0 #');
    const texts = [...script.matchAll(/FromBase64String\('([A-Za-z0-9+/=]*)'\)/g)].map(([, text]) =>
      Buffer.from(text ?? '', 'base64').toString('utf16le'),
    );
    expect(texts).toEqual([`${EVIL}\n\nYes?`, 'T']);
  });
});
