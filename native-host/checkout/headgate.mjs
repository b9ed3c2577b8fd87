#!/usr/bin/env node
// `npx headgate …` in a checkout: builds what is stale, once, and then runs the host's own command line.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runWithNode } from './with-node.mjs';

await runWithNode(join(dirname(fileURLToPath(import.meta.url)), 'launch.ts'), process.argv.slice(2));
