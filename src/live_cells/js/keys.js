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
