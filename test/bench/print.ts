// The figures beside what they should reach, as a table or as one JSON document.
import type { ColdStarts } from './cold-start.ts';
import type { GateFigures } from './gate.ts';
import type { BrowserFigures } from './in-browser.ts';
import type { McpFigures } from './mcp.ts';
import type { ScanFigures } from './scan.ts';
import type { SearchFigures } from './search.ts';
import { type Figures, round } from './statistics.ts';
import type { UndoFigures } from './undo.ts';
import type { Waterfall } from './waterfall.ts';

export interface Measured {
  coldStart?: ColdStarts;
  gate?: GateFigures;
  search?: SearchFigures;
  mcp?: McpFigures;
  scan?: ScanFigures;
  dispatch?: Figures;
  undo?: UndoFigures;
  inBrowser?: BrowserFigures;
  /** No goals of its own: it says where the click's time goes. */
  waterfall?: Waterfall;
}

type Goal = { name: string; unit: string; read(measured: Measured): number | undefined } & ({ atMost: number } | { atLeast: number });

const GOALS: readonly Goal[] = [
  { name: 'relay cold start, relative to a bare Node', unit: '×', atMost: 1.3, read: (m) => m.coldStart?.relayRatio },
  { name: 'agent cold start, relative to a bare Node', unit: '×', atMost: 3, read: (m) => m.coldStart?.agentRatio },
  { name: 'native round trip in Chromium, 100 B', unit: 'ms', atMost: 0.8, read: (m) => m.inBrowser?.nativeRoundTrip100BytesMs.p50 },
  { name: 'click → result through the cloud', unit: 'ms', atMost: 15, read: (m) => m.inBrowser?.clickToResultMs.p50 },
  { name: 'dispatch, median', unit: 'ms', atMost: 3, read: (m) => m.dispatch?.p50 },
  { name: 'dispatch, 95th percentile', unit: 'ms', atMost: 15, read: (m) => m.dispatch?.p95 },
  { name: 'gate: decision and resolve beyond the bare system calls', unit: 'µs', atMost: 60, read: (m) => m.gate?.beyondUs },
  { name: 'fs.search, relative to ripgrep', unit: '×', atMost: 1.5, read: (m) => m.search?.ratio },
  ...mcpGoals(),
  { name: 'undo of a run of 10,000 moves', unit: 's', atMost: 5, read: (m) => m.undo?.undoSeconds.p50 },
  {
    name: 'scan of a mebibyte of text (20 ms: 50 MiB/s)',
    unit: 'ms',
    atMost: 20,
    read: (m) => m.scan && round(1000 / m.scan.mebibytesPerSecond),
  },
  {
    name: 'ledger verify, 1,000 lines (10 ms: 100,000/s)',
    unit: 'ms',
    atMost: 10,
    read: (m) => m.scan && round(1e6 / m.scan.recordsPerSecond),
  },
  { name: 'idle memory of the relay', unit: 'MB', atMost: 50, read: (m) => m.inBrowser?.idleMegabytes.relay },
  { name: 'idle memory of the agent', unit: 'MB', atMost: 90, read: (m) => m.inBrowser?.idleMegabytes.agent },
  { name: 'popup’s scripts, gzipped', unit: 'kB', atMost: 50, read: (m) => m.inBrowser?.popupScriptGzippedKilobytes },
  { name: 'popup usable after its document starts', unit: 'ms', atMost: 100, read: (m) => m.inBrowser?.popupUsableMs.p50 },
  { name: 'saving a 100 kB article', unit: 'ms', atMost: 300, read: (m) => m.inBrowser?.savePageMs.p50 },
];

/** Prints everything and gives how many figures are missed. */
export function printFigures(measured: Measured, json: boolean): number {
  const rows = GOALS.flatMap(({ read, ...goal }) => {
    const value = read(measured);
    if (value === undefined) return [];
    return [{ ...goal, value, reached: 'atMost' in goal ? value <= goal.atMost : value >= goal.atLeast }];
  });
  const missed = rows.filter((row) => !row.reached).length;
  if (json) {
    process.stdout.write(`${JSON.stringify({ figures: rows, missed, measured }, null, 2)}\n`);
    return missed;
  }
  const width = Math.max(...rows.map((row) => row.name.length));
  for (const row of rows) {
    const goal = 'atMost' in row ? `at most ${row.atMost}` : `at least ${row.atLeast}`;
    process.stdout.write(
      `${row.reached ? '✓' : '✗'} ${row.name.padEnd(width)}  ${String(row.value).padStart(8)} ${row.unit.padEnd(2)}  (${goal})\n`,
    );
  }
  process.stdout.write(`\n${JSON.stringify(measured, null, 2)}\n`);
  return missed;
}

/** `headgate mcp` beside the reference filesystem server and beside a bare server with the same system calls and syncs. */
function mcpGoals(): Goal[] {
  const reference = { read: 0.9, list: 1.1, info: 1.2, search: 5, write: 0.65, overwrite: 0.65 } as const;
  const ops = Object.entries(reference) as [keyof typeof reference, number][];
  const bare = [...ops.map(([op]) => op), 'firstRead'] as const;
  return [
    ...ops.map(
      ([op, atLeast]): Goal => ({
        name: `MCP ${op}, relative to the reference server`,
        unit: '×',
        atLeast,
        read: (m) => m.mcp?.toReference[op],
      }),
    ),
    ...bare.map((op): Goal => ({ name: `MCP ${op}, relative to a bare server`, unit: '×', atLeast: 0.8, read: (m) => m.mcp?.toBare[op] })),
  ];
}
