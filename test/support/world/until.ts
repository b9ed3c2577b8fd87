// Waiting in end-to-end tests: for a condition, with a deadline and words for what was awaited. Nothing here measures time.

const LOOK_EVERY_MS = 25;
const DEADLINE_MS = 30_000;

/** Asks `probe` until it gives something truthy, and gives that. A probe that throws has not come true yet. */
export async function until<Value>(
  awaited: string,
  probe: () => Value | Promise<Value>,
  deadlineMs = DEADLINE_MS,
): Promise<Exclude<Value, false | null | undefined | 0 | ''>> {
  let last: unknown;
  for (const deadline = Date.now() + deadlineMs; ; ) {
    try {
      const value = await probe();
      if (value) return value as Exclude<Value, false | null | undefined | 0 | ''>;
      last = value;
    } catch (error) {
      last = error;
    }
    if (Date.now() > deadline)
      throw new Error(
        `Waited ${deadlineMs / 1000} s in vain for ${awaited}; last: ${last instanceof Error ? last.message : JSON.stringify(last)}`,
      );
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}

/** What `work` gives, or an Error that says what took too long. */
export async function within<Value>(deadlineMs: number, awaited: string, work: Promise<Value>): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`Waited ${deadlineMs / 1000} s in vain for ${awaited}.`)), deadlineMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
