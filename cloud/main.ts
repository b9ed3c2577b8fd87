// The cloud's program: read the settings, start, say where it is, and stop when told to.
import { HeadgateError } from '../shared/errors.ts';
import { startCloud } from './cloud.ts';
import { loadConfig } from './config.ts';
import { createLog, factsOf } from './log.ts';
import { announce } from './announce.ts';

const STOP_DEADLINE_MS = 10_000;
/** As the command line's own exit code for what it does not understand. */
const EXIT_USAGE = 2;
const NOT_KNOWN = new HeadgateError('internal', 'The cloud could not start. The log line above has the details.');

const flags = process.argv.slice(2);
const say = (line: string) => void process.stderr.write(`${line}\n`);
const log = createLog((line) => process.stderr.write(line), flags.includes('--human') ? 'warn' : 'info');

try {
  const config = loadConfig(flags);
  const cloud = await startCloud(config, { log, say });
  const silence = announce(cloud, config.human, (text) => process.stdout.write(text));

  let stopping = false;
  const stop = async () => {
    if (stopping) return;
    stopping = true;
    setTimeout(() => process.exit(1), STOP_DEADLINE_MS).unref();
    silence();
    await cloud.stop();
    process.exit(0);
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  if (config.withParent) process.stdin.on('end', stop).on('error', stop).resume();
} catch (error) {
  if (!(error instanceof HeadgateError)) log('error', 'start_failed', factsOf(error));
  const { code, message, next } = error instanceof HeadgateError ? error : NOT_KNOWN;
  say([message, next].filter(Boolean).join(' '));
  // In place of the ready line.
  const line = flags.includes('--human') ? '' : `${JSON.stringify({ error: { code, message, next } })}\n`;
  process.stdout.write(line, () => process.exit(code === 'invalid_params' ? EXIT_USAGE : 1));
}
