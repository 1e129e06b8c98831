/** What is said of the keys below an editor. */
export function hint() {
  const control = /Mac|iP(hone|ad|od)/.test(navigator.platform) ? "⌘" : "Ctrl+";
  return `${control}Enter runs, Shift+Enter runs and goes on, Tab leaves.`;
}

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
