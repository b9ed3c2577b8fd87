// The one place that reads the environment and the command line. Everything else gets a `Config`.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import * as z from 'zod';
import { HeadgateError } from '../shared/errors.ts';
import { IN_WORDS } from '../shared/issue-words.ts';

const Port = z.coerce.number().int().min(0).max(65_535);
const Url = z.url({ protocol: /^https?$/ }).max(300);

const Environment = z.object({
  HEADGATE_CLOUD_PORT: Port.default(7420),
  HEADGATE_CLOUD_HOST: z.string().min(1).max(255).default('127.0.0.1'),
  HEADGATE_CLOUD_DATA: z.string().min(1).default('.headgate/cloud'),
  HEADGATE_PUBLIC_URL: Url.optional(),
  HEADGATE_MODEL_URL: Url.optional(),
  HEADGATE_MODEL: z.string().min(1).max(120).optional(),
  HEADGATE_MODEL_KEY: z.string().min(1).max(4000).optional(),
  HEADGATE_MODEL_KEY_FILE: z.string().min(1).max(4000).optional(),
  HEADGATE_EXTENSION_ORIGINS: z.string().max(4000).default(''),
});

const ExtensionOrigin = z
  .string()
  .regex(
    /^(chrome-extension:\/\/[a-p]{32}|moz-extension:\/\/[0-9a-f-]{36})$/,
    'holds what is no origin: one looks like chrome-extension://<32 letters a-p>',
  );

export interface ModelConfig {
  url: string;
  name: string;
  key: string | undefined;
}

export interface Config {
  port: number;
  host: string;
  data: string;
  publicUrl: string | undefined;
  model: ModelConfig | undefined;
  extensionOrigins: readonly string[];
  /** Prose for a person on stdout instead of the one line of JSON. */
  human: boolean;
  /** Prints a sign-in code even when somebody has signed in before. */
  code: boolean;
  /** Stops when stdin closes, so that nothing is left when the starter dies. */
  withParent: boolean;
}

/** Throws `invalid_params` that names the variable. */
export function loadConfig(flags: readonly string[], env: NodeJS.ProcessEnv = process.env): Config {
  const present = Object.fromEntries(Object.entries(env).filter(([name, value]) => name.startsWith('HEADGATE_') && value !== ''));
  const parsed = Environment.safeParse(present, IN_WORDS);
  if (!parsed.success) throw badSetting(parsed.error.issues[0]?.path.join('.') ?? 'setting', parsed.error.issues[0]?.message ?? '');
  const settings = parsed.data;
  return {
    port: settings.HEADGATE_CLOUD_PORT,
    host: settings.HEADGATE_CLOUD_HOST,
    data: resolve(settings.HEADGATE_CLOUD_DATA),
    publicUrl: settings.HEADGATE_PUBLIC_URL?.replace(/\/+$/, ''),
    model: modelOf(settings),
    extensionOrigins: originsOf(settings.HEADGATE_EXTENSION_ORIGINS),
    human: flags.includes('--human'),
    code: flags.includes('--code'),
    withParent: flags.includes('--with-parent'),
  };
}

function modelOf(settings: z.infer<typeof Environment>): ModelConfig | undefined {
  const { HEADGATE_MODEL_URL: url, HEADGATE_MODEL: name } = settings;
  if (url === undefined && name === undefined) return undefined;
  if (url === undefined) throw badSetting('HEADGATE_MODEL_URL', 'is needed beside HEADGATE_MODEL');
  if (name === undefined) throw badSetting('HEADGATE_MODEL', 'is needed beside HEADGATE_MODEL_URL');
  return { url, name, key: keyOf(settings) };
}

function keyOf(settings: z.infer<typeof Environment>): string | undefined {
  if (settings.HEADGATE_MODEL_KEY !== undefined) return settings.HEADGATE_MODEL_KEY;
  if (settings.HEADGATE_MODEL_KEY_FILE === undefined) return undefined;
  try {
    return readFileSync(settings.HEADGATE_MODEL_KEY_FILE, 'utf8').trim();
  } catch (cause) {
    throw new HeadgateError(
      'invalid_params',
      `HEADGATE_MODEL_KEY_FILE names a file that cannot be read: ${settings.HEADGATE_MODEL_KEY_FILE}`,
      { cause },
    );
  }
}

function originsOf(list: string): string[] {
  const origins = list
    .split(',')
    .map((origin) => origin.trim().replace(/\/$/, ''))
    .filter((origin) => origin !== '');
  for (const origin of origins) {
    const parsed = ExtensionOrigin.safeParse(origin);
    if (!parsed.success) throw badSetting('HEADGATE_EXTENSION_ORIGINS', parsed.error.issues[0]?.message ?? '');
  }
  return origins;
}

function badSetting(name: string, why: string): HeadgateError {
  return new HeadgateError('invalid_params', `The setting ${name} ${why}.`, {
    next: `Correct or remove ${name} and start again.`,
  });
}
