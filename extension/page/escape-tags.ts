// Text that looks like HTML, in Markdown, as text: a backslash before `<` wherever a tag, a comment or an address in angle
// brackets could begin.
export function escapeTags(text: string): string {
  return text.replace(/<(?=[a-z/!?])/gi, '\\<');
}
