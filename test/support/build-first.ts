// Before a project's first test: builds what is stale of the programs that its tests start, so that they meet what is written.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { ROOT } from '../../native-host/checkout/places.ts';

const OF_THE_RUNNER = /^(?:NODE_ENV|TEST|MODE|DEV|PROD|SSR|BASE_URL|VITEST.*)$/;

export function setup({ name }: TestProject): void {
  const targets = ['host', 'cloud', ...(name === 'e2e' ? ['extension'] : [])];
  // As anybody builds it: the runner's own settings would make it another extension.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !OF_THE_RUNNER.test(name)));
  execFileSync(process.execPath, [join(ROOT, 'native-host', 'checkout', 'build.ts'), ...targets], { stdio: 'inherit', env });
}
