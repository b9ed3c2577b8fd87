// `npm run bench`: speed, memory and size, measured on the built product. Each figure that is compared stands beside its
// floor or peer from the same run. `--json` prints one document; `--only NAME` measures one part; `--quick` does fewer rounds.
import { buildStale, ALL_TARGETS } from '../../native-host/checkout/build.ts';
import { measureColdStarts } from './cold-start.ts';
import { measureDispatch } from './dispatch.ts';
import { measureGate } from './gate.ts';
import { measureInBrowser } from './in-browser.ts';
import { measureMcp } from './mcp.ts';
import { measureUndo } from './undo.ts';
import { measureScan } from './scan.ts';
import { measureSearch } from './search.ts';
import { measureWaterfall } from './waterfall.ts';
import { printFigures, type Measured } from './print.ts';

const args = process.argv.slice(2);
const json = args.includes('--json');
const only = args[args.indexOf('--only') + 1];
const scale = args.includes('--quick') ? 0.3 : 1;
const rounds = (count: number) => Math.max(3, Math.round(count * scale));

const PARTS = {
  coldStart: () => measureColdStarts(rounds(21)),
  gate: async () => measureGate(rounds(10_000)),
  search: () => measureSearch(rounds(15)),
  mcp: () => measureMcp(rounds(20)),
  scan: () => measureScan(rounds(15)),
  dispatch: () => measureDispatch(rounds(300)),
  undo: () => measureUndo(rounds(3)),
  inBrowser: () => measureInBrowser(rounds(15)),
  waterfall: () => measureWaterfall(rounds(30)),
};

if (args.includes('--help')) {
  process.stdout.write(`npm run bench -- [--json] [--quick] [--only ${Object.keys(PARTS).join('|')}]\n`);
  process.exit(0);
}
await buildStale(ALL_TARGETS, { say: (line) => process.stderr.write(`${line}\n`) });
const measured: Partial<Record<keyof typeof PARTS, unknown>> = {};
for (const [name, measure] of Object.entries(PARTS)) {
  if (args.includes('--only') && name !== only) continue;
  process.stderr.write(`measuring ${name} …\n`);
  measured[name as keyof typeof PARTS] = await measure();
}
// Each part's figures are what its own function returns.
const failed = printFigures(measured as Measured, json);
process.exitCode = failed > 0 ? 1 : 0;
