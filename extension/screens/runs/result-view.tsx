// A run's result: hits by name and line, facts, or the files that were written. Kept by nobody but this screen.
import { useState } from 'preact/hooks';
import type { HandleId } from '../../../shared/ids.ts';
import type { RunResult } from '../../../shared/protocol/native.ts';
import { t } from '../../i18n.ts';
import { FolderIcon, OpenIcon } from '../look/icons.tsx';
import { Name } from '../look/name.tsx';

type Hits = Extract<RunResult, { kind: 'hits' }>;
type Facts = Extract<RunResult, { kind: 'facts' }>;
export type OnFile = (action: 'file.open' | 'file.reveal', handle: HandleId) => void;

/** Files shown before the person asks for all. */
const FIRST_FILES = 8;
const FIRST_LINES = 3;

export function ResultView({ result, query, onFile }: { result: RunResult; query: string; onFile: OnFile }) {
  switch (result.kind) {
    case 'none':
      return <p class="muted">{t('result_none')}</p>;
    case 'facts':
      return (
        <>
          <dl class="facts">
            {result.facts.map(({ label, value }) => (
              <div key={label}>
                <dt>{label}</dt>
                <dd>{value}</dd>
              </div>
            ))}
          </dl>
          {result.lines !== undefined && result.lines.length > 0 && <Said lines={result.lines} cut={result.cut ?? 0} />}
        </>
      );
    case 'files':
      return (
        <ul class="hits">
          {result.files.map(({ handle, name, folder }) => (
            <li key={handle}>
              <FileHead name={name} folder={folder} handle={handle} onFile={onFile} />
            </li>
          ))}
        </ul>
      );
    case 'hits':
      return <HitList result={result} query={query} onFile={onFile} />;
  }
}

/** The last lines that a command has said. */
function Said({ lines, cut }: { lines: NonNullable<Facts['lines']>; cut: number }) {
  return (
    <>
      {cut > 0 && <p class="muted">{t('said_cut', String(cut))}</p>}
      <ol class="lines">
        {lines.map(({ from, excerpt }, index) => (
          <li key={index} class={from === 'stderr' ? 'muted' : undefined}>
            <bdi>{excerpt}</bdi>
          </li>
        ))}
      </ol>
    </>
  );
}

function HitList({ result, query, onFile }: { result: Hits; query: string; onFile: OnFile }) {
  const [all, setAll] = useState(false);
  const files = groupByFile(result.hits);
  const shown = all ? files : files.slice(0, FIRST_FILES);
  if (files.length === 0) return <p class="muted">{t('hits_none')}</p>;
  return (
    <>
      <p class="muted" role="status">
        {t('hits', String(result.total), String(files.length))}
      </p>
      <ul class="hits">
        {shown.map(({ handle, name, folder, lines }) => (
          <li key={handle}>
            <FileHead name={name} folder={folder} handle={handle} onFile={onFile} />
            {lines.length > 0 && (
              <ol class="lines">
                {(all ? lines : lines.slice(0, FIRST_LINES)).map(({ line, excerpt }) => (
                  <li key={`${line} ${excerpt}`}>
                    {line !== null && <span class="line-number">{line}</span>}
                    <span>
                      <Marked text={excerpt} query={query} />
                    </span>
                  </li>
                ))}
              </ol>
            )}
          </li>
        ))}
      </ul>
      {!all && (files.length > FIRST_FILES || files.some(({ lines }) => lines.length > FIRST_LINES)) && (
        <button type="button" class="quiet" onClick={() => setAll(true)}>
          {t('hits_all')}
        </button>
      )}
    </>
  );
}

function FileHead({ name, folder, handle, onFile }: { name: string; folder: string; handle: HandleId; onFile: OnFile }) {
  return (
    <div class="file">
      <div class="file-name">
        <button type="button" class="link" onClick={() => onFile('file.open', handle)} title={t('open_file', name)}>
          <Name>{name}</Name>
        </button>
        <span class="muted folder">
          <Name>{folder}</Name>
        </span>
      </div>
      <button type="button" class="icon" onClick={() => onFile('file.open', handle)} aria-label={t('open_file', name)} title={t('open')}>
        <OpenIcon size={16} />
      </button>
      <button
        type="button"
        class="icon"
        onClick={() => onFile('file.reveal', handle)}
        aria-label={t('reveal_file', name)}
        title={t('reveal')}
      >
        <FolderIcon size={16} />
      </button>
    </div>
  );
}

interface FileHits {
  handle: HandleId;
  name: string;
  folder: string;
  lines: { line: number | null; excerpt: string }[];
}

/** Hits of one file together, in the order in which the files were found. A hit by name alone has no line to show. */
export function groupByFile(hits: Hits['hits']): FileHits[] {
  const files = new Map<string, FileHits>();
  for (const { handle, name, folder, grant, line, excerpt } of hits) {
    const key = JSON.stringify([grant, folder, name]);
    const file = files.get(key) ?? { handle, name, folder, lines: [] };
    if (line !== null || (excerpt !== '' && excerpt !== name)) file.lines.push({ line, excerpt });
    files.set(key, file);
  }
  return [...files.values()];
}

function Marked({ text, query }: { text: string; query: string }) {
  const at = query === '' ? -1 : text.toLowerCase().indexOf(query.toLowerCase());
  if (at < 0) return <bdi>{text}</bdi>;
  return (
    <bdi>
      {text.slice(0, at)}
      <mark>{text.slice(at, at + query.length)}</mark>
      {text.slice(at + query.length)}
    </bdi>
  );
}
