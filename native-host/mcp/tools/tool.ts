// What a tool is: a row with its schema and the act. Tools answer with texts; whoever answers the call (serve.ts) puts
// them in the shapes of the reference filesystem server.
import type * as z from 'zod';
import type { Areas } from '../areas.ts';
import type { Changes } from '../changes.ts';
import type { Giver } from '../give.ts';

export interface Services {
  areas: Areas;
  giver: Giver;
  changes: Changes;
  /** Resolves once it is known how far the client may go. */
  ready(): Promise<void>;
}

/** `media`: an image, a sound or any file, as base64. */
export type Answer =
  | { text: string }
  | {
      media:
        | { type: 'image' | 'audio'; data: string; mimeType: string }
        | { type: 'resource'; resource: { uri: string; mimeType: string; blob: string } };
    };

export interface Tool {
  name: string;
  title: string;
  description: string;
  input: z.ZodType;
  annotations: { readOnlyHint: boolean; idempotentHint?: boolean; destructiveHint?: boolean; openWorldHint: false };
  media?: true;
  run(args: unknown, services: Services, signal: AbortSignal): Promise<Answer>;
}

export const READS = { readOnlyHint: true, openWorldHint: false } as const;

/** A row whose act gets what its own schema parsed; the SDK has parsed it before it calls. */
export function tool<Input extends z.ZodType>(
  row: Omit<Tool, 'run' | 'input'> & { input: Input; run(args: z.infer<Input>, services: Services, signal: AbortSignal): Promise<Answer> },
): Tool {
  return { ...row, run: (args, services, signal) => row.run(args as z.infer<Input>, services, signal) };
}
