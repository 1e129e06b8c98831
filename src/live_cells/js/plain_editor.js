import { element } from "./element.js";
import { asked, hint } from "./keys.js";

/** An editor for when the other could not be loaded: the same, on a plain text field. */
export function plainEditor({ source, label, number, onchange, onrun, onnext }) {
  const about = element("p", { class: "live-hint", id: `live-hint-${number}` });
  about.append(`The editor could not be loaded: this is a plain one. ${hint()}`);
  const attributes = {
    class: "live-textarea",
    "aria-label": label,
    "aria-describedby": about.id,
    spellcheck: "false",
    autocapitalize: "off",
    autocomplete: "off",
  };
  const area = element("textarea", attributes);
  const grow = () => (area.rows = Math.max(2, area.value.split("\n").length));
  const set = (text) => {
    area.value = text;
    grow();
  };
  set(source);
  area.addEventListener("input", () => {
    grow();
    onchange(area.value);
  });
  area.addEventListener("keydown", (event) => {
    const act = { run: onrun, next: onnext }[asked(event)];
    if (!act) return;
    event.preventDefault();
    act();
  });
  const box = element("div", { class: "live-editor" }, area, about);
  return {
    element: box,
    focus: () => area.focus(),
    remove: () => box.remove(),
    set: (text) => {
      set(text);
      onchange(text);
    },
  };
}
