// A model behind any OpenAI-compatible endpoint, through the AI SDK. One question, one reply, no tools, no retries of its
// own: what goes wrong is the router's to answer. Nothing of question or reply is logged or kept. The SDK is loaded with the
// first question, because most clouds run without a model and it is large.
import { HeadgateError } from '../../shared/errors.ts';
import type { ModelConfig } from '../config.ts';

export interface ChatModel {
  name: string;
  /** The reply's text. Throws `timeout` and `model_failed`. */
  ask(instructions: string, prompt: string, deadlineMs: number): Promise<string>;
}

interface Settings {
  temperature?: number;
  maxOutputTokens?: number;
}

/** Some models refuse these with status 400; they are asked once more without. */
const STEADY: Settings = { temperature: 0, maxOutputTokens: 4_000 };

export function createChatModel(config: ModelConfig): ChatModel {
  return {
    name: config.name,
    async ask(instructions, prompt, deadlineMs) {
      const signal = AbortSignal.timeout(deadlineMs);
      try {
        // The SDK's own warnings go to the console, and name settings that a provider does not have.
        globalThis.AI_SDK_LOG_WARNINGS = false;
        const [{ generateText }, { createOpenAICompatible }] = await Promise.all([import('ai'), import('@ai-sdk/openai-compatible')]);
        const provider = createOpenAICompatible({
          name: 'configured',
          baseURL: config.url,
          ...(config.key !== undefined && { apiKey: config.key }),
        });
        const ask = async (settings: Settings) =>
          (await generateText({ model: provider(config.name), instructions, prompt, maxRetries: 0, abortSignal: signal, ...settings }))
            .text;
        return await ask(STEADY).catch((error: unknown) => {
          if (statusOf(error) === 400) return ask({});
          throw error;
        });
      } catch (cause) {
        if (signal.aborted) throw new HeadgateError('timeout', 'was too slow', { cause });
        const status = statusOf(cause);
        throw new HeadgateError('model_failed', status !== undefined ? `failed with status ${status}` : 'could not be reached', { cause });
      }
    },
  };
}

function statusOf(error: unknown): number | undefined {
  const status: unknown = error instanceof Error ? Reflect.get(error, 'statusCode') : undefined;
  return typeof status === 'number' ? status : undefined;
}

/** The JSON object in a reply: as it is, in a code fence, or after a model's thoughts. Throws a SyntaxError when there is none. */
export function readJsonReply(text: string): unknown {
  const spoken = withoutThoughts(text).trim();
  const open = spoken.indexOf('{');
  const close = spoken.lastIndexOf('}');
  return JSON.parse(open < 0 || close < open ? spoken : spoken.slice(open, close + 1));
}

/** Goes forward only: thoughts without an end are taken as spoken, whatever else is in them. */
function withoutThoughts(text: string): string {
  const [open, close] = ['<think>', '</think>'];
  let spoken = '';
  let at = 0;
  for (;;) {
    const start = text.indexOf(open, at);
    const end = start < 0 ? -1 : text.indexOf(close, start);
    if (end < 0) return spoken + text.slice(at);
    spoken += text.slice(at, start);
    at = end + close.length;
  }
}
