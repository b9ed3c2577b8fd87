import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { findPortHolder } from '../../cloud/port-holder.ts';
import { startTestCloud } from './support/test-cloud.ts';

test.runIf(process.platform === 'linux')(
  'the holder of a taken port is named, and the next free port is used',
  async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    expect(await findPortHolder(port)).toMatchObject({ pid: process.pid, command: expect.stringMatching(/node/) });
    const cloud = await startTestCloud({ port });
    expect(cloud.port).toBeGreaterThan(port);
    expect(cloud.logged[0]).toMatch(new RegExp(`^Port ${port} is taken by .*node.* \\(process ${process.pid}\\)\\.$`));
    expect(cloud.logged.join('\n')).toContain(`Using port ${cloud.port} instead.`);
    await cloud.stop();
    await new Promise((resolve) => server.close(resolve));
    expect(await findPortHolder(port)).toBeNull();
  },
  60_000,
);
