// Which files run when they are opened. Headgate neither opens nor creates such files: only the person starts programs.
import { type OpenFile, readStart } from '../../gate/resolve.ts';

const PROGRAMS = new Set(
  `accde ade adp apk app appimage appinstaller application appref-ms appx appxbundle bash bat bin bundle cgi chm cjs cmd com command cpl
  crx csh deb deskthemepack desktop diagcab diagpkg dll dmg elf exe fileloc fish flatpak flatpakref gadget grp hlp hta img inetloc inf
  ins iqy iso jar jnlp job js jse ksh library-ms lnk mde mjs mobileconfig mpkg msc msi msix msixbundle msp mst osx out ph php pif pkg pl
  prf ps1 psd1 psm1 py pyc pyw rb rdp reg rpm run scf scpt scr sct search-ms searchconnector-ms service settingcontent-ms sh shb shs slk
  snap so terminal theme themepack tool url vb vbe vbs vhd vhdx webloc website wll workflow ws wsb wsc wsf wsh xbap xll xpi zsh`.split(
    /\s+/,
  ),
);

/** Starts of files that a system runs whatever their name: ELF, scripts, Windows and macOS programs. */
const MAGIC: readonly (readonly number[])[] = [
  [0x7f, 0x45, 0x4c, 0x46],
  [0x23, 0x21],
  [0x4d, 0x5a],
  [0xfe, 0xed, 0xfa],
  [0xcf, 0xfa, 0xed, 0xfe],
  [0xce, 0xfa, 0xed, 0xfe],
  [0xca, 0xfe, 0xba, 0xbe],
];

const DESKTOP_ENTRY = /^\s*(#[^\n]*\n\s*)*\[Desktop Entry\]/;

/** By the name alone; trailing dots and spaces do not hide an extension. */
export function isProgramName(name: string): boolean {
  const plain = name.toLowerCase().replace(/[. ]+$/, '');
  return PROGRAMS.has(plain.slice(plain.lastIndexOf('.') + 1)) && plain.includes('.');
}

/** By the name and by what the file begins with. */
export function isProgram(file: OpenFile): boolean {
  return isProgramName(file.path) || startsLikeProgram(readStart(file, PROGRAM_START_BYTES));
}

/** So much of a file's beginning says whether it is a program. */
export const PROGRAM_START_BYTES = 1024;

export function startsLikeProgram(start: Buffer): boolean {
  return MAGIC.some((magic) => magic.every((byte, index) => start[index] === byte)) || DESKTOP_ENTRY.test(start.toString('latin1'));
}
