// A small real HTTP server that plays an OpenAI-compatible endpoint: it answers what a test tells it to.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Asked {
  model: string;
  messages: { role: string; content: string }[];
  temperature?: number;
}

export interface ModelServer {
  url: string;
  asked: Asked[];
  authorization: string[];
  /** What the next questions are answered with: a reply, a status, or nothing at all. */
  answer: (asked: Asked) => string | number | 'never';
  stop(): Promise<void>;
}

export async function startModelServer(): Promise<ModelServer> {
  const state: ModelServer = { url: '', asked: [], authorization: [], answer: () => '{}', stop: async () => undefined };
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString();
    });
    request.on('end', () => {
      const asked = JSON.parse(body) as Asked;
      state.asked.push(asked);
      state.authorization.push(request.headers.authorization ?? '');
      const reply = state.answer(asked);
      if (reply === 'never') return;
      const isStatus = typeof reply === 'number';
      response.writeHead(isStatus ? reply : 200, { 'content-type': 'application/json' });
      const message = { role: 'assistant', content: reply };
      response.end(
        JSON.stringify(
          isStatus
            ? { error: { message: `refused: ${body}` } }
            : {
                id: 'x',
                object: 'chat.completion',
                created: 1,
                model: asked.model,
                choices: [{ index: 0, finish_reason: 'stop', message }],
                usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
              },
        ),
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  state.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  state.stop = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return state;
}
