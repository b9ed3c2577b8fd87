// Where in our code something was thrown: the frames of its stack, which is all that a log may say of it. What stands before
// them is the message, and that may quote what a person or a peer wrote, on lines of its own, also on such as look like frames.

/** At most `most` frames, trimmed. None of an error whose stack does not hold its message. */
export function framesOf({ stack = '', message }: Error, most: number): string[] {
  const at = stack.indexOf(message);
  if (at < 0) return [];
  return stack
    .slice(at + message.length)
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .slice(0, most)
    .map((line) => line.trim().slice(0, 200));
}
