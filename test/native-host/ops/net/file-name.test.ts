import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readDataAddress } from '../../../../native-host/ops/net/data-address.ts';
import { kindOfStart } from '../../../../native-host/ops/net/file-kinds.ts';
import { nameDownload, namedBy } from '../../../../native-host/ops/net/file-name.ts';
import { judgeNear } from '../../../../native-host/ops/net/internet.ts';
import { isProgramName } from '../../../../native-host/ops/fs/programs.ts';
import { segmentProblem } from '../../../../native-host/gate/resolve/path.ts';

const PNG = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
const HTML = Buffer.from('<!doctype html><title>x</title>');
const nothing = Buffer.alloc(0);
const name = (url: string, type = '', start: Buffer = nothing, disposition?: string) =>
  nameDownload({ url, type, start, disposition }).name;

test.each([
  ['attachment; filename="a report.pdf"', 'a report.pdf'],
  ['attachment; filename=report.pdf', 'report.pdf'],
  ['attachment; filename="quoted \\"name\\".txt"', 'quoted "name".txt'],
  [`attachment; filename="plain.txt"; filename*=UTF-8''na%C3%AFve.txt`, 'naïve.txt'],
  [`attachment; filename*=iso-8859-1'en'%A3%20rates.csv`, '£ rates.csv'],
  [`attachment; filename*=UTF-8''%ff%fe; filename=other.txt`, 'other.txt'],
  [`attachment; filename*=KOI8-R''x; filename=other.txt`, 'other.txt'],
  ['attachment; filename="r%C3%A9sum%C3%A9.pdf"', 'résumé.pdf'],
  ['inline', null],
  ['', null],
  ['attachment; filename=""', null],
  ['attachment; notfilename=x', null],
])('the name in %s is %s', (disposition, expected) => {
  expect(namedBy(disposition)).toBe(expected);
});

test.each([
  ['https://x.example/', 'text/html', HTML, 'Download.html'],
  ['https://x.example/a/b.pdf?c=d.exe#e', 'application/pdf', nothing, 'b.pdf'],
  ['https://x.example/show.php?id=1', 'image/jpeg', nothing, 'show.jpg'],
  ['https://x.example/photo.jpg', 'image/jpeg', PNG, 'photo.png'],
  ['https://x.example/photo', 'application/octet-stream', PNG, 'photo.png'],
  ['https://x.example/report.pdf', 'application/pdf', HTML, 'report.pdf.html'],
  ['https://x.example/a.tar.gz', 'application/gzip', nothing, 'a.tar.gz'],
  ['https://x.example/report.docx', 'application/zip', Buffer.from('PK\x03\x04'), 'report.docx'],
  ['https://x.example/setup.exe', 'application/octet-stream', nothing, 'setup.exe.download'],
  ['https://x.example/picture.exe', 'image/png', PNG, 'picture.png'],
  ['https://x.example/..%2f..%2fetc%2fpasswd', 'text/plain', nothing, 'passwd.txt'],
  ['https://x.example/a%5Cb.txt', 'text/plain', nothing, 'b.txt'],
  ['https://x.example/NUL.txt', 'text/plain', nothing, 'NUL_ page.txt'],
])('%s, said to be %s, is kept under a name that fits it', (url, type, start, expected) => {
  expect(name(url, type, start)).toBe(expected);
});

test.each(
  'exe sh desktop lnk appinstaller msixbundle diagcab settingcontent-ms library-ms searchconnector-ms inetloc fileloc webloc xll vhd rdp wsb apk mobileconfig chm'.split(
    ' ',
  ),
)('what a system starts or installs when %s is opened gets one ending more', (ending) => {
  expect(name(`https://x.example/x.${ending}`, 'application/octet-stream', nothing)).toBe(`x.${ending}.download`);
});

test('whatever a server says, the name is one of a plain file on any disk, and never a program’s', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme' }),
      fc.string({ unit: 'binary' }),
      fc.constantFrom('.exe', '.desktop', '.lnk', '.sh ', '.url.', '.txt', ''),
      (one, two, ending) => {
        for (const disposition of [
          `attachment; filename="${one}${ending}"`,
          `attachment; filename*=UTF-8''${encodeURIComponent((two + ending).toWellFormed())}`,
        ]) {
          const made = name('https://x.example/a', '', nothing, disposition);
          expect(segmentProblem(made, 'linux'), made).toBeNull();
          expect(segmentProblem(made, 'win32'), made).toBeNull();
          expect(isProgramName(made), made).toBe(false);
          expect(made.startsWith('.'), made).toBe(false);
          expect(Buffer.byteLength(made)).toBeLessThanOrEqual(140);
        }
      },
    ),
  );
});

test('what shares a network with this machine is not the internet, also under a public address', () => {
  const own = ['203.0.114.7/24', '2a00:1:2:3::7/64'];
  expect(judgeNear('203.0.114.99', own)).not.toBeNull();
  expect(judgeNear('2a00:1:2:3:ffff::1', own)).not.toBeNull();
  expect(judgeNear('203.0.115.1', own)).toBeNull();
  expect(judgeNear('2a00:1:2:4::1', own)).toBeNull();
});

describe('what a server or a page chooses takes no time of the processor to look through', () => {
  const within = (ms: number, act: () => unknown) => {
    const before = process.threadCpuUsage();
    act();
    const { user, system } = process.threadCpuUsage(before);
    expect((user + system) / 1_000).toBeLessThan(ms);
  };

  test.each([
    ['comments', '<!---->'.repeat(30)],
    ['comments with space between', '<!-- --> '.repeat(30)],
    ['an open comment', `${'<!---->'.repeat(29)}<!--`],
    ['a declaration and comments', `<?xml version="1.0"?>${'<!---->'.repeat(30)}`],
  ])('%s before nothing', (_what, start) => {
    within(1_000, () => expect(kindOfStart(Buffer.from(`${start}x`))).toBe(null));
  });

  test('comments before a page or a drawing are passed over', () => {
    for (const before of ['', '<!-- a --> ', '<!-- a --><!-- b > -->\n'.repeat(9), '\ufeff<!---->'])
      expect([
        kindOfStart(Buffer.from(`${before}<html>`))?.ending,
        kindOfStart(Buffer.from(`${before}<!DOCTYPE svg x><svg >`))?.ending,
      ]).toEqual(['.html', '.svg']);
    expect(kindOfStart(Buffer.from('<?xml version="1.0"?><!-- a --><svg>'))?.ending).toBe('.svg');
    expect(kindOfStart(Buffer.from('<!--><svg>'))).toBe(null);
  });

  test('the head of a data: address', () => {
    const long = `data:image/png${' '.repeat(1_000_000)}x,AA==`;
    within(1_000, () => expect(() => readDataAddress(long)).toThrow(expect.objectContaining({ code: 'unsupported' })));
  });

  test('a data: address that escapes every byte', () => {
    within(1_000, () => readDataAddress(`data:image/png,${'%41'.repeat(2_600_000)}`));
  });

  test('a name of any length, which keeps its ending', () => {
    const long = `attachment; filename="a${'.'.repeat(30_000)}b.pdf"`;
    within(500, () => expect(name('https://x.example/', '', nothing, long)).toMatch(/^a.*\.pdf$/));
  });
});

test('escaped bytes of an address are what they stand for, and what is no escape stands for itself', () => {
  const piece = fc.oneof(fc.string({ unit: 'binary', maxLength: 3 }), fc.constantFrom('%41', '%fF', '%', '%4', '%zz', '%%41', '%25'));
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const text = pieces.join('').toWellFormed().replaceAll(',', '');
      const bytes = Buffer.from(text).toString('latin1');
      const expected = bytes.replace(/%([0-9a-f]{2})/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
      expect(readDataAddress(`data:,${text}`).bytes.toString('latin1')).toBe(expected);
    }),
  );
});
