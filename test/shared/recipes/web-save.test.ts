import fc from 'fast-check';
import { expect, test } from 'vitest';
import { GrantId } from '../../../shared/ids.ts';
import { decodeStep } from '../../../shared/ops/args.ts';
import { RECIPES } from '../../../shared/recipes/all.ts';
import { imageSave, inboxFile, linkSave } from '../../../shared/recipes/web-save.ts';
import { ArgValue, PlannedStep } from '../../../shared/run/plan.ts';

const grant = GrantId.parse(`g_${'1'.repeat(32)}`);
const inbox = GrantId.parse(`g_${'2'.repeat(32)}`);
const name = `hg-${'0a'.repeat(16)}`;
const context = { now: new Date(0), grantName: () => 'Saved', allGrants: [grant, inbox], grantsOf: () => [] };

test.each([linkSave, imageSave])('$name takes an address of the web and nothing else', (recipe) => {
  const parses = (url: string) => recipe.input.safeParse({ grant, url }).success;
  expect(['https://example.org/', 'HTTP://EXAMPLE.ORG', `https://example.org/?${'x'.repeat(7000)}`].every(parses)).toBe(true);
  for (const url of [
    'file:///etc/passwd',
    'ftp://example.org',
    'javascript:alert(1)',
    'blob:https://example.org/1',
    ' https://example.org',
    'data:image/png,',
    '',
    `https://example.org/${'x'.repeat(8000)}`,
  ])
    expect(parses(url), url).toBe(false);
});

test('an image may be its own address; a link may not, and nothing may be both', () => {
  const data = 'data:image/png;base64,AAAA';
  expect(imageSave.input.safeParse({ grant, data }).success).toBe(true);
  expect(linkSave.input.safeParse({ grant, data }).success).toBe(false);
  expect(imageSave.input.safeParse({ grant, data: 'data:text/html,hello' }).success).toBe(false);
  expect(imageSave.input.safeParse({ grant, data, url: 'https://example.org/' }).success).toBe(false);
  expect(imageSave.input.safeParse({ grant }).success).toBe(false);
});

test('the address of every download in every recipe is the run’s own input', () => {
  const plans = [
    ...linkSave.plan({ grant, path: '', url: 'https://example.org/' }),
    ...imageSave.plan({ grant, path: '', url: 'https://example.org/' }),
    ...imageSave.plan({ grant, path: '', data: 'data:image/png,' }),
  ];
  expect(plans.map(({ op }) => op)).toEqual(['net.download', 'net.download', 'net.download']);
  for (const { args } of plans) expect([{ input: 'url' }, undefined]).toContainEqual(args.url);
  expect(Object.keys(RECIPES)).toEqual(expect.arrayContaining(['link.save', 'image.save', 'inbox.file']));
});

test('a plan cannot hold an address, and what a step made is none', () => {
  fc.assert(
    fc.property(fc.webUrl({ withQueryParameters: true, withFragments: true }), (url) => {
      expect(ArgValue.safeParse(url).success).toBe(false);
      expect(PlannedStep.safeParse({ id: 'file', op: 'net.download', args: { url } }).success).toBe(false);
    }),
  );
  // The outputs of a step are handles, in a list; so is a text that a model wrote.
  const handle = `h_${'3'.repeat(32)}`;
  expect(() => decodeStep('net.download', { grant, url: [handle] })).toThrow(/net\.download cannot run: url/);
});

test('titles name the place and not what follows it', () => {
  const title = (url: string) => linkSave.title({ grant, path: '', url }, context);
  expect(title('https://files.example/a/b/report.pdf?token=secret#x')).toBe('Save link: files.example/…/report.pdf');
  expect(title('https://me:secret@files.example')).toBe('Save link: files.example');
  expect(title(`https://files.example/${'x'.repeat(5000)}`)).toHaveLength(300);
});

test('a download of the browser travels by a name of chance alone', () => {
  const parsed = inboxFile.input.parse({ inbox, name, grant, url: 'https://example.org/report.pdf' });
  expect(inboxFile.grants(parsed, context)).toEqual([inbox, grant]);
  expect(inboxFile.values(parsed, context)).toEqual({ target: [{ grant: inbox, path: name }] });
  for (const other of ['report.pdf', `hg-${'0A'.repeat(16)}`, `../${name}`, `${name}.pdf`, `hg-${'0'.repeat(31)}`, `x/${name}`])
    expect(inboxFile.input.safeParse({ inbox, name: other, grant, url: '' }).success, other).toBe(false);
});
