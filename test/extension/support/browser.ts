// The parts of a browser that WXT's fake browser leaves open, as small programs: messages from the real locale files, and
// ports between two ends that a test holds in its hands.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fakeBrowser } from 'wxt/testing/fake-browser';
import { type Mock, vi } from 'vitest';

type Messages = Record<string, { message: string }>;

export function readMessages(locale: 'en' | 'de'): Messages {
  // Vitest runs with the repository's root as its working directory.
  return JSON.parse(readFileSync(join(process.cwd(), `extension/public/_locales/${locale}/messages.json`), 'utf8')) as Messages;
}

/** Lets `browser.i18n` answer from the locale's own file, as browsers do: a key that is not there gives ''. */
export function speak(locale: 'en' | 'de' = 'en'): void {
  const messages = readMessages(locale);
  const getMessage = (key: string, values: string | string[] = []) =>
    (messages[key]?.message ?? '').replace(/\$(\d)/g, (_, digit: string) => [values].flat()[Number(digit) - 1] ?? '');
  Object.assign(fakeBrowser.i18n, { getMessage, getUILanguage: () => locale });
}

type Listener = (...args: never[]) => void;

export interface FakePort {
  port: {
    name: string;
    sender: object;
    error: { message: string } | undefined;
    onMessage: { addListener(listener: Listener): void };
    onDisconnect: { addListener(listener: Listener): void };
    postMessage: Mock<(message: unknown) => void>;
    disconnect: Mock<() => void>;
  };
  sent: unknown[];
  receive(message: unknown): void;
  drop(error?: string): void;
}

/** One end of a port. `sent` holds what was posted; `receive` and `drop` do what the other end would. */
export function createPort(name: string, sender: object = {}): FakePort {
  const onMessage = new Set<Listener>();
  const onDisconnect = new Set<Listener>();
  const hub = (listeners: Set<Listener>) => ({ addListener: (listener: Listener) => void listeners.add(listener) });
  const call = (listeners: Set<Listener>, ...args: unknown[]) => {
    for (const listener of listeners) (listener as (...all: unknown[]) => void)(...args);
  };
  const sent: unknown[] = [];
  const port = {
    name,
    sender,
    error: undefined as { message: string } | undefined,
    onMessage: hub(onMessage),
    onDisconnect: hub(onDisconnect),
    postMessage: vi.fn((message: unknown) => void sent.push(message)),
    disconnect: vi.fn(),
  };
  return {
    port,
    sent,
    receive: (message: unknown) => call(onMessage, message, port),
    drop(error?: string) {
      if (error !== undefined) port.error = { message: error };
      call(onDisconnect, port);
    },
  };
}

/** Lets what is waiting in promises run. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 12; turn += 1) await Promise.resolve();
}
