// Run in a mount namespace of its own, as root: binds a folder and a file from outside over names in a grant, so that they
// are on the same disk and no link, and prints what the ops did with them.
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { grantFolder } from '../../native-host/support/granted.ts';
import { plantPlain } from './layouts.ts';
import { buildOutside, CANARY } from './outside.ts';
import { callOp, OP_VERBS } from './verbs.ts';

using granted = grantFolder({ rights: ['read', 'write', 'trash'] });
plantPlain(granted);
const outside = buildOutside(granted.base);
mkdirSync(join(granted.folder, 'mounted'));
granted.write('mounted-file', '');
// Everything is known of this grant from a moment ago: what is mounted now must be noticed all the same.
for (const verb of OP_VERBS.slice(0, 3)) await callOp(granted, verb, 'mounted-file', 'before');
const bind = (from: string, to: string) => spawnSync('mount', ['--bind', from, join(granted.folder, to)]).status === 0;
const mounted = bind(join(outside.folder, 'dir'), 'mounted') && bind(join(outside.folder, 'secret.txt'), 'mounted-file');
outside.touched();

const failures: string[] = [];
let calls = 0;
for (const path of mounted ? ['mounted', 'mounted/secret.txt', 'mounted/deep', 'mounted/new.txt', 'mounted-file'] : []) {
  for (const verb of OP_VERBS) {
    calls += 1;
    const { code, said } = await callOp(granted, verb, path, `n${calls}`);
    if (code === 'done' || code === 'unexpected' || said.includes(CANARY))
      failures.push(`${verb} of ${path}, which is mounted from outside: ${code}`);
    failures.push(...outside.touched().map((touched) => `${verb} of ${path}: ${touched}`));
  }
}
for (const path of ['mounted', 'mounted-file']) spawnSync('umount', [join(granted.folder, path)]);
process.stdout.write(JSON.stringify({ mounted, calls, failures }));
