/** The editor: CodeMirror with Python, in a shadow root, whose style sheets no policy blocks. */
import {
  defaultKeymap,
  history,
  historyKeymap,
  indentLess,
  indentMore,
} from "@codemirror/commands";
import { pythonLanguage } from "@codemirror/lang-python";
import {
  bracketMatching,
  HighlightStyle,
  indentOnInput,
  indentUnit,
  syntaxHighlighting,
} from "@codemirror/language";
import { EditorState, Prec } from "@codemirror/state";
import { EditorView, gutters, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { asked, element } from "./element.js";
import { showKeyRow } from "./key_row.js";
import { keys as hint } from "./messages.js";

const colour = (name) => `var(--live-${name})`;

// The colours of the page's own code come through the shadow root as custom properties.
const LOOK = EditorView.theme({
  "&": { color: colour("text"), backgroundColor: "transparent", fontSize: colour("size") },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: colour("font"), lineHeight: "1.5", overflowX: "auto" },
  ".cm-content": { padding: "0.625rem 0", caretColor: colour("text") },
  ".cm-line": { padding: "0 0.875rem 0 var(--number-gap, 0.875rem)" },
  // Numbers are where the page's own code has them, if it has some.
  ".cm-gutters": {
    display: "var(--number-shown, none)",
    border: "0",
    color: colour("quiet"),
    backgroundColor: "transparent",
  },
  ".cm-lineNumbers .cm-gutterElement": { padding: "0", minWidth: "var(--number-width)" },
});

const COLOURS = {
  keyword: [tags.keyword, tags.bool, tags.null, tags.operatorKeyword],
  string: [tags.string, tags.special(tags.string)],
  number: [tags.number, tags.self, tags.meta],
  comment: [tags.comment],
  name: [tags.definition(tags.className), tags.definition(tags.function(tags.variableName))],
};
const STYLES = Object.entries(COLOURS).map(([name, tag]) => ({ tag, color: colour(name) }));

/** Pixels around the caret that are seen: at the window's lower end there may be the page's bar, and
    who goes on at a line's beginning sees that. */
const MARGINS = { bottom: 72, left: 80 };

/** Of what is edited. That it can have the focus is said twice: tools ask for the attribute alone. */
const ABOUT = { "aria-describedby": "keys", tabindex: "0" };

/**
 * Type over a selection.
 *
 * Chromium would give the new text the selection's colour by a style attribute of its own making,
 * which the site's policy blocks and reports.
 */
function overwrite(event, view) {
  const { state } = view;
  if (event.inputType !== "insertText" || !event.data || state.selection.main.empty) return false;
  if (view.composing) return false;
  event.preventDefault();
  const change = state.replaceSelection(event.data);
  view.dispatch(state.update(change, { userEvent: "input.type", scrollIntoView: true }));
  return true;
}

/**
 * Make an editor.
 *
 * @param {any} options `source`, `label`; what is done: `onchange(source)`, and `onkey(what)` at a
 *   key, `what` being what asked() says, or "close"
 * @returns {any} its `element`; `focus()`, `remove()`, `set(text)`, `seek(line)`, `select(place)`
 */
export function editor({ source, label, onchange, onkey }) {
  const box = element("div", { class: "live-editor" });
  const root = box.attachShadow({ mode: "open" });
  /** Before the editor's own keys. */
  const press = (event) => {
    const what = event.key === "Escape" ? "close" : asked(event);
    if (!what || event.isComposing) return false;
    onkey(what);
    return true;
  };
  let hideKeys = () => {};
  const showKeys = () => {
    const acts = { outdent: () => indentLess(view), indent: () => indentMore(view) };
    const does = { run: () => onkey("run"), close: () => onkey("close") };
    hideKeys = showKeyRow({ ...acts, ...does }, () => {
      box.scrollIntoView({ block: "start" });
      view.dispatch({ effects: EditorView.scrollIntoView(view.state.selection.main.head) });
    });
  };
  const view = new EditorView({
    root,
    parent: root,
    doc: source,
    extensions: [
      Prec.highest(EditorView.domEventHandlers({ keydown: press })),
      keymap.of([...defaultKeymap, ...historyKeymap]),
      history(),
      lineNumbers(),
      gutters({ fixed: false }),
      pythonLanguage,
      indentOnInput(),
      indentUnit.of("    "),
      bracketMatching(),
      EditorState.tabSize.of(4),
      LOOK,
      syntaxHighlighting(HighlightStyle.define(STYLES)),
      EditorView.domEventHandlers({
        beforeinput: overwrite,
        focus: () => showKeys(),
        blur: () => hideKeys(),
      }),
      EditorView.scrollMargins.of(() => MARGINS),
      EditorView.contentAttributes.of({ ...ABOUT, "aria-label": label }),
      EditorView.updateListener.of((update) => {
        if (update.docChanged) onchange(update.state.doc.toString());
      }),
    ],
  });
  root.append(element("p", { id: "keys", hidden: "" }, hint()));
  return {
    element: box,
    focus: () => {
      view.focus();
      view.dispatch({ effects: EditorView.scrollIntoView(view.state.selection.main.head) });
    },
    select: (place) => {
      if (place <= view.state.doc.length) view.dispatch({ selection: { anchor: place } });
    },
    remove: () => {
      hideKeys();
      view.destroy();
      box.remove();
    },
    seek: (number) => {
      if (number > view.state.doc.lines) return null;
      const { from, to, text } = view.state.doc.line(number);
      const [start, end] = [view.coordsAtPos(from), view.coordsAtPos(to)];
      if (!start || !end) return null; // scrolled out of sight
      const { left, top, bottom } = start;
      const place = new DOMRect(left, top, end.right - left, bottom - top);
      const scrolls = view.scrollDOM.scrollWidth > view.scrollDOM.clientWidth;
      return { place, text: text.trim(), scrolls };
    },
    set: (text) => view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } }),
  };
}
