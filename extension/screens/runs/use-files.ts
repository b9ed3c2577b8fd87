// Opening a file of a run, or showing it in its folder: a run of its own, of which only a failure is worth a word.
import { useState } from 'preact/hooks';
import { failureWords } from '../words.ts';
import type { Ask } from '../worker.ts';
import type { OnFile } from './result-view.tsx';

export function useFiles(ask: Ask): { failure: string | null; onFile: OnFile } {
  const [failure, setFailure] = useState<string | null>(null);
  const onFile: OnFile = (recipe, handle) => {
    setFailure(null);
    ask('runs.start', { recipe, input: { target: [handle] } }).catch((error: unknown) => setFailure(failureWords(error)));
  };
  return { failure, onFile };
}
