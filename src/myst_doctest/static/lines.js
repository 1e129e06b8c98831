// Which line sent this? A statement has a button with the number of its line, and a line that sent
// some has one that counts them. Who points at one, or comes to it by key, sees the other marked.
// log-panels.js loads this script at a reader's first action.
(() => {
  "use strict";
  const NUMBER = "line-number";
  const NOTE = "line-note";
  const OURS = `.${NUMBER}, .${NOTE}`;
  const ENDS = ".log-begin, .log-commit, .log-rollback";
  /** Pixels that a note takes beside its line; where there are fewer it is a number alone. So it
      is where the code scrolls, which leaves a column to the notes. */
  const ROOM = 110;
  /** Pixels of a box where one long line makes all notes numbers: a column beside the code. */
  const NARROW = 480;

  // Here, and not in myst-doctest.css, which is in each page's first view.
  const look = new CSSStyleSheet();
  look.replaceSync(`
    .line-note { position: absolute; right: 0.375rem; padding: 0 0.5rem; line-height: 1; transform: translateY(-50%); z-index: 1; box-sizing: border-box; border-block: 2px solid transparent; background: var(--color-code-background, Canvas) padding-box; }
    @media (pointer: coarse) { .line-note { border-block-width: 6px; } } /* the lines beside it are seen */
    .line-note.line-on { background: color-mix(in srgb, var(--color-brand-content, Highlight) 12%, var(--color-code-background, Canvas)) padding-box; }
    .line-note.line-on:not(.line-tight) { background: none; }
    .line-tight { right: 0.125rem; min-width: 24px; padding: 0 0.125rem; }
    .line-column > :is(div, .variant) { padding-right: 1.75rem; }
    .executed .log-entry:has(> .line-number)::after { content: none; }
    .line-number:is(:hover, :focus-visible),
    .line-note:is(:hover, :focus-visible) { color: var(--color-foreground-primary, inherit); text-decoration: underline; }
    .line-band {
      position: absolute;
      inset: auto 0;
      pointer-events: none;
    }
    .cell_input > .line-raised { z-index: 2; background: color-mix(in srgb, var(--error, #c33) 14%, transparent); box-shadow: inset 3px 0 var(--error, #c33); }
    .cell_input > .line-band:not(.line-raised),
    .line-on[data-line]:not(.picture, .picture *) {
      background: var(--line-on, color-mix(in srgb, var(--color-brand-content, Highlight) 12%, transparent));
      box-shadow: inset 3px 0 var(--color-brand-content, Highlight);
    }
    span.line-on[data-line]:not(.picture) { box-shadow: -3px 0 var(--color-brand-content, Highlight); } /* it has no padding */
    @media (forced-colors: active) {
      .line-note { border-color: Canvas; } /* no colour is transparent there */
      .line-band, .line-on[data-line]:not(.picture, .picture *) { outline: 1px solid Highlight; }
    }
    @supports (position-area: bottom) {
      .log-about {
        inset: auto;
        margin: 0.25rem 0.75rem;
        position-area: bottom span-right;
        position-try-fallbacks: flip-block, flip-inline;
      }
      @media (max-width: 48em) { .log-about { position-area: bottom span-all; width: auto; max-width: none; justify-self: stretch; } }
    }
    /* Not of lines, but for who points, too: a choice in a cell is that of the page. */
    @media (max-width: 29.99em) { .cell .variant-choice:has(> :nth-child(3))::after { content: none; } } /* no room */
    .cell .variant-choice::after { content: "for all cells" / ""; margin-left: auto; padding: 0 0.5rem; }
    .line-list { display: none; }
    @media print {
      .line-note, .line-band { display: none; }
      pre:has(+ .line-list) { display: none; }
      .line-list {
        display: block;
        margin: 0;
        padding: 0.625rem 0.875rem 0.625rem 2.25rem;
        font: var(--code-font-size, 0.85em) / 1.5 var(--font-stack--monospace, monospace);
        white-space: pre-wrap;
      }
    }
  `);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, look];

  const found = (box, selector) => [...box.querySelectorAll(selector)];
  const isShown = (each) => each.closest(".cell_output").checkVisibility();

  /** The range of a line of code, from 1; null where the code has no such line. */
  const rangeOf = (pre, line) => {
    const lines = pre.textContent.split("\n");
    if (line > lines.length) return null;
    const start = lines.slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
    const end = start + lines[line - 1].length;
    const range = document.createRange();
    const texts = document.createTreeWalker(pre, NodeFilter.SHOW_TEXT);
    for (let done = 0; texts.nextNode(); ) {
      const text = /** @type {Text} */ (texts.currentNode);
      const last = done + text.length;
      if (start >= done && start <= last) range.setStart(text, start - done);
      if (end <= last) {
        range.setEnd(text, end - done);
        return range;
      }
      done = last;
    }
    return null;
  };

  /** Where a line is of the code whose output is shown, and its text; null where it is not seen. */
  const seek = (cell, line) => {
    // A live cell knows whether its output is of other code by now, and what its editor shows.
    const detail = { line: Number(line), isOld: false, found: null };
    cell.dispatchEvent(new CustomEvent("line-asked", { detail }));
    if (detail.isOld || detail.found) return detail.found;
    const code = found(cell, ".cell_input pre").find((pre) => pre.checkVisibility());
    const range = code && rangeOf(code, detail.line);
    return range && { place: range.getBoundingClientRect(), text: range.toString().trim() };
  };

  // ---------- Buttons ----------

  const button = (kind, line) => {
    const made = document.createElement("button");
    return Object.assign(made, { type: "button", className: kind, value: line });
  };

  const name = (made, words, label) => {
    if (made.textContent !== words) made.textContent = words;
    made.setAttribute("aria-label", label);
  };

  /** Of the buttons in a box Tab comes to one, from which arrows lead to the others: of statements
      to the first, and of notes, which come after the code, to that of the last line. */
  const tie = (box, kind) => {
    const buttons = found(box, `.${kind}`);
    if (kind === NOTE) buttons.sort((one, other) => other.value - one.value || 0);
    const one = buttons.find((each) => each === document.activeElement) ?? buttons[0];
    for (const each of buttons) each.tabIndex = each === one ? 0 : -1;
  };

  /** The statements of a cell by their lines, as the page shows them now: nothing is changed. */
  const read = (cell) => {
    const lines = new Map();
    for (const entry of found(cell, ".log-entry[data-line]")) {
      const { line } = entry.dataset;
      if (!lines.has(line)) lines.set(line, { entries: [], seen: seek(cell, line) });
      lines.get(line).entries.push(entry);
    }
    for (const each of lines.values()) each.entries = each.entries.filter(isShown);
    const error = found(cell, ".error[data-line]").find(isShown);
    const raised = error && seek(cell, error.dataset.line)?.place;
    const input = cell.querySelector(".cell_input");
    const box = input.getBoundingClientRect();
    const top = box.top - input.scrollTop;
    const code = found(cell, ".cell_input pre").find((pre) => pre.checkVisibility());
    const range = document.createRange();
    if (code) range.selectNodeContents(code);
    const isWide = code && range.getBoundingClientRect().right + ROOM > box.right;
    const scrolls = code
      ? code.scrollWidth > code.clientWidth
      : [...lines.values()].some(({ seen }) => seen?.scrolls);
    return {
      cell,
      lines,
      raised,
      box,
      top,
      scrolls,
      tight: scrolls || (isWide && box.width < NARROW),
    };
  };

  /** Give each statement the number of its line. */
  const addNumbers = ({ cell, lines }) => {
    for (const [line, { entries, seen }] of lines) {
      for (const entry of entries) {
        const made = entry.querySelector(`:scope > .${NUMBER}`) ?? button(NUMBER, line);
        if (!made.parentElement) entry.append(made);
        name(made, `line ${line}`, `Line ${line}${seen ? `: ${seen.text}` : ""}`);
      }
    }
    for (const panel of found(cell, ".log")) tie(panel, NUMBER);
  };

  /** Say beside each line of code what it sent. */
  const addNotes = ({ cell, lines, box, top, scrolls, tight }) => {
    const input = cell.querySelector(".cell_input");
    const old = new Map(found(input, `.${NOTE}`).map((note) => [note.value, note]));
    for (const [line, { entries, seen }] of lines) {
      if (!entries.length || !seen?.place.height) continue;
      // As the summary of the panel counts: without what no program sends.
      // Where the output on another database is open below, it is counted there.
      const shown = entries[0].closest(".variant");
      const own = entries.filter(
        (each) => !each.closest(".log-aside") && each.closest(".variant") === shown,
      );
      const number = own.filter((each) => !each.matches(ENDS)).length;
      const counted = `${number} statement${number === 1 ? "" : "s"}`;
      const one = own[0]?.querySelector("pre") ?? entries[0].closest("details").firstElementChild;
      const words = number ? counted : one.textContent;
      const isLong = seen.place.right + ROOM > box.right;
      // A word beside a short line covers nothing, and no number says how a transaction ended.
      const isTight = isLong || (tight && number > 0);
      const note = old.get(line) ?? button(NOTE, line);
      old.delete(line);
      if (!note.parentElement) input.append(note);
      const short = number ? `${number}×` : "end"; // of a transaction
      const label = `${words} of line ${line}: ${seen.text}`;
      name(note, isTight ? short : words, isTight ? `${short}, ${label}` : label);
      note.classList.toggle("line-on", marked?.cell === cell && marked.line === line);
      note.classList.toggle("line-tight", isTight);
      note.style.top = `${(seen.place.top + seen.place.bottom) / 2 - top}px`;
    }
    for (const note of old.values()) note.remove();
    if (lines.size) input.classList.add("numbered"); // the page has it where its own output names lines
    input.classList.toggle("line-column", scrolls && lines.size > 0);
    tie(input, NOTE);
    // Over code that scrolls a note is no stop, which would lead up from the code's links: the
    // numbers of the statements lead to it.
    if (!scrolls || !found(cell, `.${NUMBER}`).length) return;
    for (const note of found(input, `.${NOTE}`)) note.tabIndex = -1;
  };

  /** Put a band on a line of code, by its place in the window and the top of its box. */
  const cover = (input, band, place, top) => {
    band.style.top = `${place.top - 2 - top}px`;
    band.style.height = `${place.height + 4}px`;
    input.append(band);
  };

  /** Tint the line that raised what the output shows. */
  const tint = ({ cell, raised, top }) => {
    const input = cell.querySelector(".cell_input");
    const old = input.querySelector(".line-raised");
    if (!raised?.height) return old?.remove();
    const band = old ?? document.createElement("div");
    band.className = "line-band line-raised";
    cover(input, band, raised, top);
  };

  /** Tab comes to a word that is explained where the page shows it first, as to a name in code. */
  const tieWords = () => {
    const known = new Set();
    for (const word of found(document, "button.log-word")) {
      if (!word.checkVisibility()) continue;
      const about = word.getAttribute("popovertarget");
      word.tabIndex = known.has(about) ? -1 : 0;
      known.add(about);
    }
  };

  const waiting = new Set();
  const draw = () => {
    // All is read before anything is changed: else the browser would lay the page out each time.
    const plans = [...waiting].map(read);
    waiting.clear();
    plans.forEach(addNumbers);
    plans.forEach(addNotes);
    plans.forEach(tint);
    tieWords();
  };
  /** Draw cells again before the next frame. */
  const redraw = (...cells) => {
    if (!waiting.size) requestAnimationFrame(draw);
    for (const cell of cells) if (cell?.querySelector(".cell_input")) waiting.add(cell);
  };

  // ---------- Marks ----------

  const band = document.createElement("div");
  band.className = "line-band";
  let marked = null;
  let hovered = null;
  let focused = null;
  let stepped = null;

  const mark = () => {
    const next = hovered ?? focused ?? stepped;
    if (next?.cell === marked?.cell && next?.line === marked?.line) return;
    for (const each of found(document, ".line-on")) each.classList.remove("line-on");
    band.remove();
    marked = next;
    if (!next) return;
    const { cell, line } = next;
    const input = cell.querySelector(".cell_input");
    for (const each of found(cell, `[data-line="${line}"]`)) each.classList.add("line-on");
    input.querySelector(`.${NOTE}[value="${line}"]`)?.classList.add("line-on");
    const place = seek(cell, line)?.place;
    if (!place) return;
    cover(input, band, place, input.getBoundingClientRect().top - input.scrollTop);
  };

  /** The cell and the line of what is pointed at; null where it is no line that caused anything. */
  const pointed = (target, y) => {
    const cell = target.closest?.(".cell");
    if (!cell?.querySelector(".cell_input")) return null;
    const ours = target.closest(OURS);
    const line = ours ? ours.value : target.closest("[data-line]")?.dataset.line;
    if (line || !target.closest(".cell_input")) return line ? { cell, line } : null;
    const lines = found(cell, "[data-line]")
      .filter(isShown)
      .map(({ dataset }) => dataset.line);
    const here = [...new Set(lines)].find((each) => {
      const place = seek(cell, each)?.place;
      return place && place.top <= y && y <= place.bottom;
    });
    return here ? { cell, line: here } : null;
  };

  /** The first button on the other side: of a statement its line's, of a line its statement's. */
  const goAcross = ({ cell, line }, kind) => {
    const others = found(cell, `.${kind}`).filter((each) => each.value === line);
    const shown = others.filter((each) => kind === NOTE || isShown(each));
    const other = shown.find((each) => !each.closest(".log-aside")) ?? shown[0];
    if (!other) return;
    for (let fold = other.closest("details"); fold; fold = fold.parentElement.closest("details")) {
      fold.open = true;
    }
    other.focus({ preventScroll: true });
    other.scrollIntoView({ block: "nearest" });
  };

  document.addEventListener("pointermove", ({ target, clientY, pointerType }) => {
    if (pointerType === "touch") return;
    hovered = pointed(target, clientY);
    mark();
  });
  document.addEventListener("click", (/** @type {any} */ { target, clientY, pointerType }) => {
    const ours = target.closest(OURS);
    const here = pointed(target, clientY);
    if (!here) return;
    if (ours) goAcross(here, ours.matches(`.${NOTE}`) ? NUMBER : NOTE);
    // In a widget, as an editor, a tap is the widget's own: it would lose the focus.
    else if (pointerType === "touch" && !target.shadowRoot) goAcross(here, NOTE);
  });
  document.addEventListener("focusin", ({ target }) => {
    focused = /** @type {Element} */ (target).matches(OURS) ? pointed(target, 0) : null;
    mark();
  });
  document.addEventListener("focusout", () => {
    focused = null;
    mark();
  });
  // A picture that shows one line after another says which is shown.
  document.addEventListener("line-shown", ({ target, detail: line }) => {
    const cell = /** @type {Element} */ (target).closest(".cell:has(.cell_input)");
    stepped = line && cell ? { cell, line } : null;
    hovered = null;
    mark();
  });
  document.addEventListener("keydown", (event) => {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    /** @type {any} */
    const from = event.target;
    if (!step || !from.matches?.(OURS)) return;
    const kind = from.matches(`.${NOTE}`) ? NOTE : NUMBER;
    const buttons = found(from.closest(".cell_input, .log"), `.${kind}`);
    buttons.sort((one, other) => one.value - other.value || 0);
    const next = buttons[buttons.indexOf(from) + step];
    event.preventDefault();
    if (!next) return;
    next.focus();
    tie(from.closest(".cell_input, .log"), kind);
  });

  // ---------- Paper ----------

  // A line that does not fit goes on below itself: there numbers beside the code would be wrong.
  let listed = [];
  addEventListener("beforeprint", () => {
    for (const pre of found(document, ".numbered pre")) {
      const list = document.createElement("ol");
      list.className = "line-list";
      for (let line = 1; line <= pre.textContent.trimEnd().split("\n").length; line++) {
        const item = document.createElement("li");
        item.append(rangeOf(pre, line).cloneContents());
        list.append(item);
      }
      pre.after(list);
      listed.push(list);
    }
  });
  addEventListener("afterprint", () => {
    for (const list of listed) list.remove();
    listed = [];
  });

  // ---------- When ----------

  const sized = new ResizeObserver((entries) =>
    redraw(...entries.map(({ target }) => target.closest(".cell"))),
  );
  const cells = found(document, ".cell:has([data-line])");
  for (const cell of cells) {
    const input = cell.querySelector(".cell_input");
    if (input) sized.observe(input);
  }
  const again = ({ target }) => {
    const cell = target.closest(".cell");
    const input = cell.querySelector(".cell_input");
    if (input) sized.observe(input);
    redraw(cell);
  };
  document.addEventListener("output-shown", again);
  document.addEventListener("cell-changed", again);
  // A fold: other words are shown, and other statements.
  document.addEventListener(
    "toggle",
    ({ target }) => redraw(/** @type {Element} */ (target).closest(".cell")),
    true,
  );
  document.addEventListener("variant-chosen", () => redraw(...cells));
})();
