// A desktop for a test: programs of the names that show windows, which note what they were told and answer as the test says.
// They stand where a person would sit; what the host does with their answer is the real thing.
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { vi } from 'vitest';

export interface Desktop {
  /** The arguments of each window that was shown, in order. */
  shown(): string[][];
  /** The windows that are open stay so until `go`. */
  hold(): void;
  go(): void;
  close(): void;
}

/** What a window ends with: a line and exit code 0, or a code alone; `null`: with 1, as when it is closed. */
export type Ends = string | null | { code: number };

/** `answers`: for each window in turn. A window past them is closed. */
export function openDesktop(answers: readonly Ends[], program: 'zenity' | 'kdialog' | 'nothing' = 'zenity'): Desktop {
  const folder = mkdtempSync(join(tmpdir(), 'headgate-desktop-'));
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  for (const [index, answer] of answers.entries()) {
    writeFileSync(join(folder, `answer-${index}`), typeof answer === 'string' ? `${answer}\n` : '');
    writeFileSync(join(folder, `code-${index}`), typeof answer === 'string' ? '0' : String(answer?.code ?? 1));
  }
  const script = `#!/bin/sh
n=0; while [ -e "${folder}/told-$n" ]; do n=$((n+1)); done
for each in "$@"; do printf '%s\\0' "$each"; done > "${folder}/told-$n"
[ -e "${folder}/answer-$n" ] || exit 1
while [ -e "${folder}/hold" ]; do /bin/sleep 0.05; done
/bin/cat "${folder}/answer-$n"
exit "$(/bin/cat "${folder}/code-$n")"
`;
  writeFileSync(join(bin, program), script);
  chmodSync(join(bin, program), 0o755);
  // No other: a program of the real desktop would wait for a person.
  vi.stubEnv('PATH', bin);
  vi.stubEnv('DISPLAY', ':0');
  return {
    shown() {
      const told: string[][] = [];
      for (let index = 0; existsSync(join(folder, `told-${index}`)); index += 1)
        told.push(
          readFileSync(join(folder, `told-${index}`), 'utf8')
            .split('\0')
            .slice(0, -1),
        );
      return told;
    },
    hold: () => writeFileSync(join(folder, 'hold'), ''),
    go: () => rmSync(join(folder, 'hold')),
    close() {
      vi.unstubAllEnvs();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
