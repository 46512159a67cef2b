/** The path of a resource as it was typed: with its slash, whether that was typed or not. */
export function pathOf(text: string): string {
  return text.startsWith('/') ? text : `/${text}`;
}
