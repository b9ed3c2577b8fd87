// Every moment at which a crash would find a change half done, by name. In production a point is an empty call. A test sets
// HEADGATE_FAULT to one of them, and the process kills itself there as a power cut would; `list` writes each point that is
// passed to stderr instead.
import { writeSync } from 'node:fs';
import { faultSetting } from '../config.ts';

export const FAULT_POINTS = {
  'pre-image.half-written': 'a part of the old version is in the store, under a name of no meaning',
  'pre-image.written': 'the old version is whole in the store, but has no name yet',
  'pre-image.named': 'the old version has its name in the store, and nothing refers to it',
  'intent.before': 'nothing of the change is noted',
  'intent.recorded': 'the change is noted, and nothing of it done',
  'download.answered': 'a server has answered, and nothing of it is kept',
  'download.named': 'the file has begun to come, and its name is known',
  'stage.half-written': 'the new file is half written under its temporary name',
  'stage.written': 'the new file is whole under its temporary name',
  'stage.recorded': 'its identity is noted',
  'create.linked': 'the new file has both its names',
  'create.named': 'the new file has its name alone',
  'replace.renamed': 'the new version is in the old one’s place',
  'move.linked': 'the moved file has both its names',
  'move.done': 'the moved thing has its new name alone',
  'mkdir.made': 'the folder is there',
  'rmdir.removed': 'the folder is gone',
  'remove.displaced': 'the file that is taken back has a temporary name',
  'remove.removed': 'the file that is taken back is gone',
  'trash.info-written': 'the trash knows where the thing was, but does not have it',
  'trash.linked': 'the thing is in its folder and in the trash',
  'trash.done': 'the thing is in the trash alone',
  'untrash.linked': 'the thing is in the trash and back in its folder',
  'untrash.moved': 'the thing is back, and the trash still has its note',
  'untrash.done': 'the thing is back, and the trash knows nothing of it',
  'effect.synced': 'the change is on disk, and its outcome not noted',
  'outcome.recorded': 'the outcome is noted, and nobody told',
} as const;
export type FaultPoint = keyof typeof FAULT_POINTS;

const setting = faultSetting();
const [wanted = null, times = '1'] = setting?.split(':') ?? [];
let left = Number(times);

/** Kills the process here when a test asked for it. */
export function passFaultPoint(point: FaultPoint): void {
  if (wanted === null) return;
  if (wanted === 'list') writeSync(2, `fault-point ${point}\n`);
  if (wanted !== point) return;
  left -= 1;
  if (left === 0) process.kill(process.pid, 'SIGKILL');
}
