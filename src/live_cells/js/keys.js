/** What is said of the keys below an editor, and which press of them means what. */
const isMac = /Mac|iP(hone|ad|od)/.test(navigator.platform);

export const HINT = `${isMac ? "⌘" : "Ctrl+"}Enter runs, Shift+Enter runs and goes on, Tab leaves.`;

/**
 * What a press of a key asks for.
 *
 * @param {KeyboardEvent} event
 * @returns {"run" | "next" | ""}
 */
export function asked(event) {
  if (event.key !== "Enter" || event.altKey || event.isComposing) return "";
  if (event.ctrlKey || event.metaKey) return "run";
  return event.shiftKey ? "next" : "";
}
