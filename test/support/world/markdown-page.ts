// A Markdown file as a page, for a picture of it: only what Headgate's own files use (front matter, headings, lists,
// emphasis, escapes), in the plain look of a note program.

export function markdownToHtml(name: string, markdown: string): string {
  const [, front = '', body = markdown] = /^---\n([\s\S]*?)\n---\n([\s\S]*)$/.exec(markdown) ?? [];
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>${text(name)}</title><style>${STYLE}</style>
<header>${text(name)}</header><main>${front === '' ? '' : `<dl>${front.split('\n').map(frontLine).join('')}</dl>`}${blocks(body)}</main></html>`;
}

const STYLE = `
* { box-sizing: border-box } body { margin: 0; background: #fff; color: #1f2426; font: 15px/1.55 system-ui, sans-serif }
header { padding: 9px 40px; background: #eef1f0; border-bottom: 1px solid #d7dddb; color: #56605e; font-size: 13px }
main { padding: 22px 40px 40px } h1 { font-size: 26px; margin: 18px 0 12px } h2 { font-size: 19px; margin: 26px 0 8px } h3 { font-size: 16px; margin: 20px 0 4px }
p { margin: 0 0 10px } ul, ol { margin: 0 0 12px; padding-left: 22px } li { margin-bottom: 6px } ul.words { columns: 4 } ul.words li { margin-bottom: 2px } em { color: #56605e }
dl { margin: 0; padding: 10px 14px; background: #f6f8f7; border: 1px solid #e1e6e4; border-radius: 6px; font-size: 12.5px; color: #56605e }
dl div { display: flex; gap: 10px } dt { flex: none; width: 90px } dd { margin: 0; color: #1f2426 }
table { border-collapse: collapse; font-size: 13.5px; margin-bottom: 14px } td, th { text-align: left; padding: 4px 10px; border-bottom: 1px solid #e1e6e4 }`;

function frontLine(line: string): string {
  const at = line.indexOf(':');
  const value = line.slice(at + 1).trim();
  // Note programs show a list as its words.
  const words = value.startsWith('[') ? (JSON.parse(value) as string[]).join(', ') : value.replace(/^"(.*)"$/, '$1');
  return `<div><dt>${text(line.slice(0, at))}</dt><dd>${text(words)}</dd></div>`;
}

function blocks(body: string): string {
  return body
    .trim()
    .split(/\n{2,}/)
    .map((block) => {
      const heading = /^(#{1,6}) ([\s\S]*)$/.exec(block);
      if (heading !== null) {
        const [line = '', ...rest] = (heading[2] ?? '').split('\n');
        const level = heading[1]?.length ?? 1;
        return `<h${level}>${inline(line)}</h${level}>${rest.length === 0 ? '' : blocks(rest.join('\n'))}`;
      }
      if (/^([-*]|\d+\.) /.test(block)) return list(block.split(/^(?:[-*]|\d+\.) /m).slice(1));
      return `<p>${inline(block)}</p>`;
    })
    .join('\n');
}

function list(items: readonly string[]): string {
  const words = items.every((item) => item.trim().length < 24);
  return `<ul${words ? ' class="words"' : ''}>${items.map((item) => `<li>${inline(item)}</li>`).join('')}</ul>`;
}

const HELD = /\\([\\`*_{}[\]<>()#+.!|~&$=-])/g;

function inline(markdown: string): string {
  const held: string[] = [];
  const safe = markdown.replace(HELD, (_whole, char: string) => `\u0000${held.push(char) - 1}\u0000`);
  return text(safe)
    .replace(/\*\*([^*]+)\*\*/g, '<strong>$1</strong>')
    .replace(/(^|\W)[*_]([^*_]+)[*_](?=\W|$)/g, '$1<em>$2</em>')
    .replace(/\u0000(\d+)\u0000/g, (_whole, index: string) => text(held[Number(index)] ?? ''));
}

function text(raw: string): string {
  return raw.replace(/[&<>"]/g, (char) => `&#${char.charCodeAt(0)};`);
}
