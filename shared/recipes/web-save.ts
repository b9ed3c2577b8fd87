// Save what a link or an image points to as a file in a granted folder. The address is what the person clicked: it is a value
// of the run's own input, kept at home, and no step and no model can put another in its place.
import * as z from 'zod';
import { GrantId } from '../ids.ts';
import { GrantPath, InboxName, MAX_URL_CHARS } from '../ops/args.ts';
import type { PlannedStep } from '../run/plan.ts';
import { input, type Recipe, step } from './recipe.ts';

/** An image that is its own address (`data:`), at most. UTF-16 units. */
export const MAX_DATA_CHARS = 8_000_000;
const TITLE_CHARS = 300;

const Place = { grant: GrantId, path: GrantPath.default('') };
const WebUrl = z
  .string()
  .max(MAX_URL_CHARS)
  .regex(/^https?:\/\//i, 'is not an address of the web');

const LinkInput = z.strictObject({ ...Place, url: WebUrl });
type LinkInput = z.infer<typeof LinkInput>;

export const linkSave: Recipe<LinkInput> = {
  name: 'link.save',
  says: 'Save what a link points to',
  input: LinkInput,
  driver: 'home',
  title: ({ url }) => `Save link: ${shortAddress(url)}`.slice(0, TITLE_CHARS),
  grants: ({ grant }) => [grant],
  values: () => ({}),
  texts: () => ({}),
  plan: () => [step('file', 'net.download', { grant: input('grant'), path: input('path'), url: input('url') }, { where: 'home' })],
  egressBytes: 0,
  changes: 1,
  result: 'file',
};

const DataUrl = z
  .string()
  .max(MAX_DATA_CHARS)
  .regex(/^data:image\//i, 'is not an image');
const ImageInput = z
  .strictObject({ ...Place, url: WebUrl.optional(), data: DataUrl.optional() })
  .refine(({ url, data }) => (url === undefined) !== (data === undefined), 'takes one of url and data');
type ImageInput = z.infer<typeof ImageInput>;

export const imageSave: Recipe<ImageInput> = {
  name: 'image.save',
  says: 'Save an image',
  input: ImageInput,
  driver: 'home',
  title: ({ url }) => `Save image: ${url === undefined ? 'from the page' : shortAddress(url)}`.slice(0, TITLE_CHARS),
  grants: ({ grant }) => [grant],
  values: () => ({}),
  texts: ({ data, grant }): ReturnType<Recipe['texts']> => (data === undefined ? {} : { data: { text: data, grant } }),
  plan: ({ url }) => {
    const from: PlannedStep['args'] = url === undefined ? { data: input('data') } : { url: input('url') };
    return [step('file', 'net.download', { grant: input('grant'), path: input('path'), ...from }, { where: 'home' })];
  },
  egressBytes: 0,
  changes: 1,
  result: 'file',
};

const InboxInput = z.strictObject({ inbox: GrantId, name: InboxName, ...Place, url: z.string().max(MAX_URL_CHARS) });
type InboxInput = z.infer<typeof InboxInput>;

export const inboxFile: Recipe<InboxInput> = {
  name: 'inbox.file',
  says: 'File what the browser downloaded',
  input: InboxInput,
  driver: 'home',
  title: ({ url }) => `Save link: ${shortAddress(url)}`.slice(0, TITLE_CHARS),
  grants: ({ inbox, grant }) => [inbox, grant],
  values: ({ inbox, name }) => ({ target: [{ grant: inbox, path: name }] }),
  texts: () => ({}),
  plan: () => [
    step(
      'file',
      'net.collect',
      { target: input('target'), grant: input('grant'), path: input('path'), url: input('url') },
      { where: 'home' },
    ),
  ],
  egressBytes: 0,
  changes: 1,
  result: 'file',
};

/** `files.example/…/report.pdf`: enough to know it again, without what follows the `?`. */
function shortAddress(url: string): string {
  const [, host = '', path = ''] = /^https?:\/\/(?:[^/?#]*@)?([^/?#]*)([^?#]*)/i.exec(url) ?? [];
  const parts = path.split('/').filter((part) => part !== '');
  return [host, ...(parts.length > 1 ? ['…'] : []), ...parts.slice(-1)].join('/');
}
