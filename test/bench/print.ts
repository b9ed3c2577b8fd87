// The figures beside what they should reach, as a table or as one JSON document.
import type { ColdStarts } from './cold-start.ts';
import type { BrowserFigures } from './in-browser.ts';
import type { ScanFigures } from './scan.ts';
import type { SearchFigures } from './search.ts';
import { type Figures, round } from './statistics.ts';

export interface Measured {
  coldStart?: ColdStarts;
  search?: SearchFigures;
  scan?: ScanFigures;
  dispatch?: Figures;
  inBrowser?: BrowserFigures;
}

interface Goal {
  name: string;
  unit: string;
  atMost: number;
  read(measured: Measured): number | undefined;
}

const GOALS: readonly Goal[] = [
  { name: 'relay cold start, relative to a bare Node', unit: '×', atMost: 1.3, read: (m) => m.coldStart?.relayRatio },
  { name: 'agent cold start, relative to a bare Node', unit: '×', atMost: 3, read: (m) => m.coldStart?.agentRatio },
  { name: 'native round trip in Chromium, 100 B', unit: 'ms', atMost: 0.8, read: (m) => m.inBrowser?.nativeRoundTrip100BytesMs.p50 },
  { name: 'click → result through the cloud', unit: 'ms', atMost: 15, read: (m) => m.inBrowser?.clickToResultMs.p50 },
  { name: 'dispatch, median', unit: 'ms', atMost: 3, read: (m) => m.dispatch?.p50 },
  { name: 'dispatch, 95th percentile', unit: 'ms', atMost: 15, read: (m) => m.dispatch?.p95 },
  { name: 'fs.search, relative to ripgrep', unit: '×', atMost: 1.5, read: (m) => m.search?.ratio },
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
  const rows = GOALS.flatMap(({ name, unit, atMost, read }) => {
    const value = read(measured);
    return value === undefined ? [] : [{ name, value, unit, atMost, reached: value <= atMost }];
  });
  const missed = rows.filter((row) => !row.reached).length;
  if (json) {
    process.stdout.write(`${JSON.stringify({ figures: rows, missed, measured }, null, 2)}\n`);
    return missed;
  }
  const width = Math.max(...rows.map((row) => row.name.length));
  for (const { name, value, unit, atMost, reached } of rows) {
    process.stdout.write(
      `${reached ? '✓' : '✗'} ${name.padEnd(width)}  ${String(value).padStart(8)} ${unit.padEnd(2)}  (at most ${atMost})\n`,
    );
  }
  process.stdout.write(`\n${JSON.stringify(measured, null, 2)}\n`);
  return missed;
}
