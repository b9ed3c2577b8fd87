import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type CommandValues, decideArguments, type Piece } from '../../../shared/gate/command-arguments.ts';
import { parseCommandTemplate, showCommandTemplate } from '../../../shared/gate/command-template.ts';
import { CommandArgument, commandProblems } from '../../../shared/gate/commands.ts';

/** The argument list that a template makes of values; files as `@path`. */
function line(template: string[], values: CommandValues, doubleDash = true): string[] {
  const { arguments: parsed, problems } = parseCommandTemplate(template);
  expect(problems).toEqual([]);
  const decision = decideArguments({ arguments: parsed, doubleDash }, values);
  return decision.effect === 'deny' ? ['refused', ...decision.reasons] : decision.pieces.map(show);
}
const show = (piece: Piece): string =>
  'word' in piece ? piece.word : `${piece.file.prefix}@${'path' in piece.file.from ? piece.file.from.path : `#${piece.file.from.target}`}`;

const PANDOC = ['--standalone', '[--toc]', '--to=<to:html|docx>', '-o <out:write>', '<in:read>...'];

test('values fill the places of a template, free ones after a double dash', () => {
  expect(line(PANDOC, { to: 'docx', out: 'out.docx', in: ['a.md', { target: 2 }], toc: true })).toEqual([
    '--standalone',
    '--toc',
    '--to=docx',
    '-o',
    '@out.docx',
    '--',
    '@a.md',
    '@#2',
  ]);
});

test('an option is read as one with the value that follows it', () => {
  expect(parseCommandTemplate(['-o', '<out:write>', '<in:read>']).arguments).toEqual(
    parseCommandTemplate(['-o <out:write>', '<in:read>']).arguments,
  );
  expect(line(['-s', '--', '<in:read>'], { in: 'a' })).toEqual(['-s', '--', '@a']);
});

test.each<[string, string[], CommandValues, string]>([
  ['a value that begins with a dash, for an option', ['-e <x>'], { x: '-rf' }, 'begins with a dash'],
  ['--pre=… for an option', ['-e <x>'], { x: '--pre=/bin/sh' }, 'begins with a dash'],
  ['NUL', ['<x>'], { x: 'a\0b' }, 'no command line has'],
  ['a line break', ['<x>'], { x: 'a\nb' }, 'no command line has'],
  ['half a character', ['<x>'], { x: '\ud800' }, 'no command line has'],
  ['a text that is too long', ['<x>'], { x: 'a'.repeat(201) }, 'longer than 200'],
  ['a text of another form', ['<x:/\\d{4}/>'], { x: '12345' }, 'not of the form'],
  ['another choice', ['<x:a|b>'], { x: 'c' }, 'one of a, b'],
  ['a number out of range', ['<x:1..9>'], { x: 10 }, 'from 1 to 9'],
  ['a number that is none', ['<x:1..9>'], { x: '1e0' }, 'from 1 to 9'],
  ['a value for what takes none', ['[--toc]'], { toc: 'x' }, 'on or off'],
  ['a name that is not there', ['--x'], { constructor: 'y' }, 'no argument constructor'],
  ['too many values', ['<x>'], { x: ['a', 'b'] }, 'takes one value'],
  ['nothing', ['<x>'], {}, 'x is missing'],
  ['a handle as a file to write', ['<x:replace>'], { x: { target: 0 } }, 'named by its path'],
  ['a handle as text', ['<x>'], { x: { target: 0 } }, 'is no file'],
])('%s is refused', (_name, template, values, why) => {
  const [refused, ...reasons] = line(template, values);
  expect([refused, reasons.join('; ')]).toEqual(['refused', expect.stringContaining(why)]);
});

test('without a double dash no free value begins with a dash; with one it may', () => {
  expect(line(['<x>'], { x: '-v' }, false)[0]).toBe('refused');
  expect(line(['<x>'], { x: '-v' })).toEqual(['--', '-v']);
  expect(line(['--level=<x>'], { x: '-3' }, false)).toEqual(['--level=-3']);
});

test('whatever the values, what is not the person’s own word comes after the double dash, after an option or joined to it', () => {
  const value = fc.oneof(
    fc.string({ maxLength: 20 }),
    fc.constantFrom('-', '--', '-rf', '--pre=x', '$(id)', '*', ';', '-\u0000', '‮'),
    fc.integer(),
    fc.boolean(),
    fc.record({ target: fc.nat(3) }),
  );
  fc.assert(
    fc.property(
      fc.record({ a: value, b: fc.array(value, { maxLength: 3 }) as fc.Arbitrary<(string | number)[]>, c: value }),
      fc.boolean(),
      (values, doubleDash) => {
        const { arguments: parsed } = parseCommandTemplate(['-q', '-e <a>', '--x=<c>', '<b>...']);
        const decision = decideArguments({ arguments: parsed, doubleDash }, values);
        if (decision.effect === 'deny') return;
        const words = decision.pieces.map(show);
        const end = words.indexOf('--');
        for (const word of doubleDash && end >= 0 ? words.slice(0, end) : words) {
          if (word.startsWith('-'))
            expect(['-q', '-e', '--x='].some((own) => word === own || (own.endsWith('=') && word.startsWith(own)))).toBe(true);
          expect(word).not.toMatch(/[\0\n]/);
        }
      },
    ),
  );
});

test.each([
  [['<in:read>', '--toc'], 'stands after a free value'],
  [['<x>', '<x>'], 'Two arguments are called x'],
  [['<x:/(/>'], 'not closed'],
  [['<x:9..1>'], 'holds no number'],
  [['<out:write>'], 'in which it may write'],
])('%j cannot be granted', (template, why) => {
  const { arguments: parsed, problems } = parseCommandTemplate(template);
  expect(problems).toEqual([]);
  expect(commandProblems({ arguments: parsed, doubleDash: true, write: false, folder: null }).join(' ')).toContain(why);
});

test.each(['<In>', '<x:what>', 'a<b', '<x:y', '<>'])('%j cannot be read', (word) => {
  expect(parseCommandTemplate([word]).problems).toEqual([expect.stringContaining(word)]);
});

test('what is shown of a command reads as the same command', () => {
  for (const template of [PANDOC, ['[-o <out:replace>]', '[<x:/\\d+/8>]...', '--n=<n:-3..12>', 'if=<y:read>', '<z>']]) {
    const { arguments: parsed } = parseCommandTemplate(template);
    expect(parsed.map((argument) => CommandArgument.parse(argument))).toEqual(parsed);
    expect(parseCommandTemplate(showCommandTemplate(parsed)).arguments).toEqual(parsed);
  }
});
