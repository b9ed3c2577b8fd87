// The programs that show a window of the host's own, on each system, and what they are told. Text reaches them as one
// argument that none of them reads as anything but text: no markup, no script, no option.

/** The programs to try in turn. `yes`: the exit code that is one, 0 as a rule; what was chosen is a line of stdout. */
export type Window = readonly { command: string; args: readonly string[]; yes?: number }[];

/** What a system's programs can show. */
export interface Windows {
  folder(title: string): Window;
  /** One of these lines; the first is chosen before. */
  choice(title: string, question: string, lines: readonly string[]): Window;
  /** Whether the person allows what the text says; what stands at the ready is not to. */
  confirm(title: string, text: string, yes: string): Window;
}

const linux: Windows = {
  folder: (title) => [
    { command: 'zenity', args: ['--file-selection', '--directory', `--title=${title}`] },
    { command: 'kdialog', args: ['--title', title, '--getexistingdirectory', '/'] },
  ],
  choice: (title, question, lines) => [
    {
      command: 'zenity',
      args: [
        '--list',
        '--radiolist',
        `--title=${title}`,
        `--text=${question}`,
        '--width=520',
        '--height=260',
        '--column=',
        '--column=',
        '--hide-header',
        ...lines.flatMap((line, index) => [index === 0 ? 'TRUE' : 'FALSE', line]),
      ],
    },
    { command: 'kdialog', args: ['--title', title, '--combobox', question, ...lines] },
  ],
  confirm: (title, text, yes) => [
    {
      command: 'zenity',
      args: [
        '--question',
        '--no-markup',
        '--default-cancel',
        '--icon-name=dialog-warning',
        '--width=520',
        `--title=${title}`,
        `--text=${text}`,
        `--ok-label=${yes}`,
        '--cancel-label=Cancel',
      ],
    },
    // Its first button is at the ready, and its third is that of the closed window: the one between is the yes. Qt takes text
    // for markup when it looks like it, so it is given as markup that says this text.
    {
      command: 'kdialog',
      args: ['--title', title, '--yes-label', 'Not now', '--no-label', yes, '--warningyesnocancel', asQtText(text)],
      yes: 1,
    },
  ],
};

const darwin: Windows = {
  folder: (title) => [osascript('POSIX path of (choose folder with prompt (item 1 of argv))', title)],
  choice: (_title, question, lines) => [
    osascript('choose from list (items 2 thru -1 of argv) with prompt (item 1 of argv) default items {item 2 of argv}', question, ...lines),
  ],
  confirm: (title, text, yes) => [
    osascript(
      'display dialog (item 2 of argv) with title (item 1 of argv) buttons {"Cancel", item 3 of argv} default button "Cancel" cancel button "Cancel" with icon caution',
      title,
      text,
      yes,
    ),
  ],
};

const win32: Windows = {
  folder: (title) => [
    powershell(
      `$d = New-Object System.Windows.Forms.FolderBrowserDialog; $d.Description = ${asPowershell(title)}; if ($d.ShowDialog() -eq 'OK') { $d.SelectedPath }`,
    ),
  ],
  choice: (_title, question, lines) => [
    powershell(`@(${lines.map(asPowershell).join(',')}) | Out-GridView -Title ${asPowershell(question)} -OutputMode Single`),
  ],
  confirm: (title, text, yes) => [
    powershell(
      `$a = [System.Windows.Forms.MessageBox]::Show(${asPowershell(`${text}\n\n${yes}?`)}, ${asPowershell(title)}, 'YesNo', 'Warning', 'Button2'); if ($a -ne 'Yes') { exit 1 }`,
    ),
  ],
};

const WINDOWS: Partial<Record<NodeJS.Platform, Windows>> = { linux, darwin, win32 };

/** Those of this system; a system that is neither macOS nor Windows has those of Linux. */
export function windowsOf(platform: NodeJS.Platform): Windows {
  return WINDOWS[platform] ?? linux;
}

function osascript(does: string, ...argv: readonly string[]): Window[number] {
  return { command: '/usr/bin/osascript', args: ['-e', 'on run argv', '-e', does, '-e', 'end run', ...argv] };
}

function powershell(does: string): Window[number] {
  const script = `Add-Type -AssemblyName System.Windows.Forms; [Console]::OutputEncoding = [Text.Encoding]::UTF8; ${does}`;
  return { command: 'powershell.exe', args: ['-NoProfile', '-STA', '-Command', script] };
}

/** PowerShell knows several characters as quotes; base64 has none of them. */
function asPowershell(text: string): string {
  return `([Text.Encoding]::Unicode.GetString([Convert]::FromBase64String('${Buffer.from(text, 'utf16le').toString('base64')}')))`;
}

function asQtText(text: string): string {
  const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return `<qt>${escaped.replaceAll('\n', '<br>')}</qt>`;
}
