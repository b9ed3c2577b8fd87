// net.download: a file from the web as a new file of a granted folder. The host fetches it, without anything of the
// person's in the request; the bytes go straight into the journal's staged file, and get a name only when all are there.
import { HeadgateError } from '../../../shared/errors.ts';
import type { GrantId } from '../../../shared/ids.ts';
import { passFaultPoint } from '../../journal/fault-points.ts';
import { temporaryName } from '../../journal/names.ts';
import { carryOut } from '../../journal/step.ts';
import { grantWith, only } from '../access.ts';
import { PROGRAM_START_BYTES } from '../fs/programs.ts';
import type { Op, OpContext, OpResult } from '../op.ts';
import { readDataAddress } from './data-address.ts';
import { kindOfStart } from './file-kinds.ts';
import { type DownloadName, nameDownload } from './file-name.ts';
import { decodeHeader, type OpenResponse, openResponse } from './open-response.ts';
import { readBody, tooLarge } from './read-body.ts';
import { refuseAnswer } from './refuse-answer.ts';

/** Downloads at a time: each holds one of the places that all steps share. */
const MAX_AT_ONCE = 3;
let underWay = 0;

interface Place {
  grant: GrantId;
  path: string;
}

export const download: Op<'net.download'> = async ({ grant, path, url, data, maxBytes }, context) => {
  const { maxFileBytes = Number.POSITIVE_INFINITY } = grantWith(context, grant, 'write');
  const most = Math.min(maxBytes, maxFileBytes);
  if (data !== undefined) return saveData(context, { grant, path }, context.handles.text(only(data)), most);
  if (url === undefined) throw new HeadgateError('invalid_params', 'A download needs an address.');
  if (underWay >= MAX_AT_ONCE)
    throw new HeadgateError('busy', `${MAX_AT_ONCE} downloads are under way already.`, { next: 'Try again when one is done.' });
  underWay += 1;
  try {
    return await saveFrom(context, { grant, path }, url, most);
  } finally {
    underWay -= 1;
  }
};

function saveData(context: OpContext, place: Place, address: string, maxBytes: number): Promise<OpResult> {
  const { type, bytes } = readDataAddress(address);
  if (bytes.length > maxBytes) throw tooLarge(maxBytes);
  return save(context, place, nameDownload({ url: '', type, start: bytes.subarray(0, PROGRAM_START_BYTES) }), [bytes]);
}

async function saveFrom(context: OpContext, place: Place, address: string, maxBytes: number): Promise<OpResult> {
  const { signal, internet } = context;
  const opened = await openResponse(address, { internet, signal });
  const { response, url } = opened;
  passFaultPoint('download.answered');
  const type = response.headers['content-type'] ?? '';
  const onPercent = (percent: number) => context.progress(percent, 100);
  const body = readBody(response, { maxBytes, signal, asPacked: isPackedFile(opened), onPercent });
  try {
    refuseAnswer(opened);
    const { start, whole } = await peek(body);
    refuseAnswer(opened, kindOfStart(start));
    const disposition = response.headers['content-disposition'];
    const name = nameDownload({ disposition: disposition && decodeHeader(disposition), url: url.href, type, start });
    passFaultPoint('download.named');
    return await save(context, place, name, whole);
  } finally {
    await body.return();
    response.destroy();
  }
}

async function save(
  context: OpContext,
  { grant, path }: Place,
  { name, isProgram }: DownloadName,
  parts: Iterable<Buffer> | AsyncIterable<Buffer>,
): Promise<OpResult> {
  const result = await carryOut(context, [
    {
      change: { kind: 'create', grant, path: path === '' ? name : `${path}/${name}`, temporary: temporaryName(), copy: false, after: null },
      payload: { content: { stream: whileGranted(context, grant, parts) }, numbered: true },
    },
  ]);
  return isProgram ? { ...result, note: 'It is a program, so its name ends in .download and nothing starts it' } : result;
}

/** The person may take the folder back while the bytes come: then nothing is saved. */
async function* whileGranted(
  context: OpContext,
  grant: GrantId,
  parts: Iterable<Buffer> | AsyncIterable<Buffer>,
): AsyncGenerator<Buffer, void> {
  yield* parts;
  context.signal.throwIfAborted();
  grantWith(context, grant, 'write');
}

/** So much of the beginning as its name depends on, and all of it again. */
async function peek(body: AsyncGenerator<Buffer, void>): Promise<{ start: Buffer; whole: AsyncGenerator<Buffer, void> }> {
  const first: Buffer[] = [];
  let length = 0;
  while (length < PROGRAM_START_BYTES) {
    const { done, value } = await body.next();
    if (done) break;
    first.push(value);
    length += value.length;
  }
  return { start: Buffer.concat(first).subarray(0, PROGRAM_START_BYTES), whole: chain(first, body) };
}

async function* chain(first: readonly Buffer[], rest: AsyncGenerator<Buffer, void>): AsyncGenerator<Buffer, void> {
  yield* first;
  yield* rest;
}

/** Many servers call a packed file packed on the way as well; it is kept as it is. */
function isPackedFile({ response, url }: OpenResponse): boolean {
  const { 'content-type': type = '', 'content-encoding': encoding = '' } = response.headers;
  return (
    /^x?-?gzip$/i.test(encoding.trim()) &&
    (/^application\/(x-)?(gzip|tar|tgz)/i.test(type.trim()) || /\.(gz|tgz|svgz)$/i.test(url.pathname))
  );
}
