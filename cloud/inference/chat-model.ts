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

const MAX_OUTPUT_TOKENS = 4_000;

export function createChatModel(config: ModelConfig): ChatModel {
  return {
    name: config.name,
    async ask(instructions, prompt, deadlineMs) {
      const signal = AbortSignal.timeout(deadlineMs);
      try {
        const [{ generateText }, { createOpenAICompatible }] = await Promise.all([import('ai'), import('@ai-sdk/openai-compatible')]);
        const provider = createOpenAICompatible({ name: 'configured', baseURL: config.url, ...(config.key !== undefined && { apiKey: config.key }) });
        const { text } = await generateText({ model: provider(config.name), instructions, prompt, maxRetries: 0, temperature: 0, maxOutputTokens: MAX_OUTPUT_TOKENS, abortSignal: signal });
        return text;
      } catch (cause) {
        if (signal.aborted) throw new HeadgateError('timeout', 'was too slow', { cause });
        const status: unknown = cause instanceof Error ? Reflect.get(cause, 'statusCode') : undefined;
        throw new HeadgateError('model_failed', typeof status === 'number' ? `failed with status ${status}` : 'could not be reached', { cause });
      }
    },
  };
}

/** The JSON object in a reply: as it is, in a code fence, or after a model's thoughts. Throws a SyntaxError when there is none. */
export function readJsonReply(text: string): unknown {
  const spoken = text.replace(/<think>[\s\S]*?<\/think>/g, '').trim();
  const open = spoken.indexOf('{');
  const close = spoken.lastIndexOf('}');
  return JSON.parse(open < 0 || close < open ? spoken : spoken.slice(open, close + 1));
}
