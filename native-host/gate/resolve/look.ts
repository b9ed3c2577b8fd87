// Looking at what an open folder holds, and at parts of an open file: everything that a listing or an excerpt needs and
// that is neither the whole of a file nor a change.
import { fstatSync, lstatSync, readSync, type Stats } from 'node:fs';
import { calling, naming, type OpenFile, type OpenFolder, refuseLarge, refuseProtected } from '../resolve.ts';
import { isVisible } from '../visible.ts';
import { notThere, refusal } from './errno.ts';
import { segmentProblem } from './path.ts';
import { choosePrimitive } from './primitive.ts';

const primitive = choosePrimitive();

/**
 * What the system says of one name in an open folder, of a link itself included; of the folder when the name is empty.
 * Throws `vanished` when there is nothing of that name.
 */
export function lookAt(folder: OpenFolder, name: string): Stats {
  if (name === '') return fstatSync(folder.place.fd);
  const named = naming(folder.grant, folder.path === '' ? name : `${folder.path}/${name}`, 'file');
  const problem = segmentProblem(name);
  if (problem !== null) throw refusal('path_refused', problem, named);
  refuseProtected(folder.grant, named.path);
  const stat = calling(named, () => lstatSync(primitive.at(folder.place, name)));
  if (!isVisible(folder.grant, named.path, stat.isDirectory() ? 'folder' : 'file')) throw notThere(named);
  return stat;
}

/** The size of one name of an open folder's listing; 0 for what is gone, and for a link, which nobody follows. */
export function sizeOf(folder: OpenFolder, name: string): number {
  const stat = lstatSync(primitive.at(folder.place, name), { throwIfNoEntry: false });
  return stat === undefined || stat.isSymbolicLink() ? 0 : stat.size;
}

/** Bytes of an open file from `position` on; fewer at its end. */
export function readRange(file: OpenFile, position: number, length: number): Buffer {
  refuseLarge(file.grant, file.path, file.facts.size);
  const bytes = Buffer.allocUnsafe(length);
  const got = calling(naming(file.grant, file.path, 'file'), () => readSync(file.fd, bytes, 0, length, position));
  return bytes.subarray(0, got);
}
