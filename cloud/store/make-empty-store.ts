// The build's own program: makes the store that a first start begins from (empty-store.ts), as the file that it is given.
import { rename, writeFile } from 'node:fs/promises';
import { PGlite } from '@electric-sql/pglite';

const [, , file] = process.argv;
if (file === undefined) throw new TypeError('make-empty-store FILE');
const pglite = await PGlite.create();
const store = await pglite.dumpDataDir('gzip');
await pglite.close();
await writeFile(`${file}.${process.pid}`, Buffer.from(await store.arrayBuffer()));
await rename(`${file}.${process.pid}`, file);
