// A film is a list of frames: buttons, a slider and the arrow keys show one at a time.
// show.js loads this script when a film comes near the screen.
(() => {
  "use strict";
  const PACE = 2000; // ms, in which a line and what it did can be read
  const NEAR = 8; // lines of the program that are seen at once, that of the frame among them
  const here = /** @type {any} */ (document.currentScript).src;

  // Here, and not in show.css, which is in each page's first view.
  const look = new CSSStyleSheet();
  look.replaceSync(`
    .show-controls button { font: inherit; min-width: 24px; min-height: 28px; padding: 0 0.6em; color: inherit; background: none; border: 1px solid var(--color-foreground-border, currentColor); border-radius: 0.375rem; cursor: pointer; }
    .show-controls button:hover { background: var(--color-background-hover, transparent); }
    .show-controls button[aria-disabled="true"] { opacity: 0.55; cursor: default; }
    .show-controls button[value="0"] { min-width: 4.5em; }
    .show-controls input { color: inherit; flex: 1 1 8rem; min-width: 0; max-width: 20rem; min-height: 24px; margin: 0; accent-color: var(--color-brand-content, Highlight); }
    .show-controls span { font-variant-numeric: tabular-nums; }
    @media (pointer: coarse) { .show-controls button { min-height: 36px; min-width: 3.5em; } }
    .show-program { margin-bottom: 0.4rem; padding: 0.25rem 0; border: 1px solid var(--show-line); border-radius: var(--round, 0.25rem); background: var(--color-code-background, transparent); }
    :where(.show-program) > p { display: flex; gap: 0.5rem; }
    .show-program > p { margin: 0; padding: 0.05rem 0.5rem; font-size: var(--show-size); }
    .show-program > p > span { order: -1; flex: none; min-width: 3.5em; }
    .show-program > .show-line { background: color-mix(in srgb, var(--show-accent) 12%, transparent); box-shadow: inset 3px 0 var(--show-accent); }
    .show-ended { color: var(--commit, inherit); }
    .show-undone { color: var(--show-quiet); }
    .show-word { color: var(--code-keyword, inherit); }
    .show-text { color: var(--code-string, inherit); }
    .show-value { color: var(--code-number, inherit); }
    .show-near { overflow-wrap: anywhere; color: var(--show-quiet); cursor: pointer; }
    .show-near:hover { color: inherit; }
    .show-scene > svg { display: block; width: 100%; max-width: 22rem; height: auto; }
    .show-scene .show-took { stroke: var(--color-brand-content, Highlight); stroke-width: 4; opacity: 1; }
    .show-scene .show-took + text { font-weight: 700; }
    @media (forced-colors: active) {
      .show-scene .show-took { stroke: Highlight; }
      .show-program > .show-line { outline: 1px solid Highlight; outline-offset: -1px; }
    }
    .show-film { container-type: inline-size; }
    @media screen {
      .show-scene { display: flex; flex-direction: column; }
      @container (max-width: 40rem) {
        .show-frame:not(.show-now), .show-far { display: none; }
        .show-scene > svg { order: -1; } /* below the buttons that move it */
      }
      @container (min-width: 40rem) {
        .show-film:not(.show-moves) .show-frame:has(> .show-board) { display: grid; grid-template: repeat(3, auto) 1fr / minmax(0, 2fr) minmax(0, 3fr); gap: 0 1.25rem; align-items: start; }
        .show-film:not(.show-moves) .show-frame > .show-board { grid-area: 1 / 2 / span 4; padding: 0; }
        .show-film:not(.show-moves) .show-frame:has(> .show-beside) { display: grid; grid-template: repeat(2, auto) 1fr auto / minmax(0, 1fr) minmax(0, 1fr); gap: 0 1.25rem; align-items: start; }
        .show-film:not(.show-moves) .show-frame:has(> .show-beside) > .show-program { grid-area: 1 / 1 / span 3; }
        .show-film:not(.show-moves) .show-frame > .show-beside { grid-area: 4 / 1 / auto / span 2; }
        .show-moves .show-scene { display: grid; grid-template-columns: minmax(0, 1fr) 20rem; gap: 1rem; align-items: start; min-height: 22rem; }
      }
    }
    @media print {
      .show-program { padding: 0; border: 0; }
      .show-scene > svg, .show-near, .show-same, .show-column:not(:has(table:not(.show-same *))) { display: none; }
    }
  `);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, look];

  const button = (act, words) => {
    const made = document.createElement("button");
    return Object.assign(made, { type: "button", value: act, textContent: words });
  };

  /** Of its boards a frame has what is different: copies from the frames before fill in the rest. */
  const fill = (film) => {
    const known = new Map();
    for (const place of film.querySelectorAll("[class^='show-card-']")) {
      const name = place.className;
      const copy = place.firstChild ? null : known.get(name)?.cloneNode(true);
      if (copy) {
        const marked = [copy, ...copy.querySelectorAll(".show-changed")];
        for (const each of marked) each.classList.remove("show-changed");
        place.append(copy);
        place.classList.add("show-same");
        place.hidden = false;
        const column = place.closest(".show-column");
        if (column.hidden) {
          const title = document.createElement("p");
          title.className = "show-state-name";
          title.textContent = column.getAttribute("aria-label");
          column.prepend(title);
          column.hidden = false;
        }
      }
      known.set(name, place.firstChild);
    }
  };

  const BREAK = /(?<=[([{,])(?![)\]}])|(?=\.[a-z_][^"']*(?:["'][^"']*["'][^"']*)*$)/i; // no dot of a string
  /** Have code break, where it has to, before a name and after a bracket or a comma. */
  const addBreaks = (film) => {
    for (const code of film.querySelectorAll(".show-line > code, td > code")) {
      const parts = code.textContent.split(BREAK);
      code.replaceChildren(...parts.flatMap((part) => [part, document.createElement("wbr")]));
    }
  };

  const TOKENS =
    /(?<word>\b[A-Z]{2,}\b)|(?<text>'(?:[^']|'')*'|"[^"]*")|(?<value>\?|%\(\w+\)s|\b\d+\b)/g;
  /** Give SQL the colours that it has in a log. */
  const colour = (film) => {
    for (const { firstChild: sql } of film.querySelectorAll(".show-sent > span")) {
      const made = document.createElement("span");
      let end = 0;
      for (const { 0: token, index, groups } of sql.data.matchAll(TOKENS)) {
        const [kind] = Object.keys(groups).filter((each) => groups[each] !== undefined);
        const part = document.createElement("span");
        Object.assign(part, { className: `show-${kind}`, textContent: token });
        made.append(sql.data.slice(end, index), part);
        end = index + token.length;
      }
      made.append(sql.data.slice(end));
      sql.replaceWith(made);
    }
    colourEnds([...film.querySelectorAll(".show-sent .show-word")]);
  };
  /** A transaction's words say how it ended; where there are more than one, nobody knows which. */
  const colourEnds = (words) => {
    let begun = [];
    for (const word of words) {
      if (word.textContent === "BEGIN") begun.push(word);
      const name = { COMMIT: "show-ended", ROLLBACK: "show-undone" }[word.textContent];
      if (!name) continue;
      const isClear = begun.length < 2;
      for (const each of isClear ? [...begun, word] : [word]) each.className = name;
      begun = [];
    }
  };

  /** In each frame, put its line among those of the frames around it: what ran, and what comes. */
  const addProgram = (frames) => {
    const lines = frames.map((frame) => frame.querySelector(".show-line"));
    const near = (at, now) => {
      const line = lines[at].cloneNode(true);
      line.className = Math.abs(at - now) > 1 ? "show-near show-far" : "show-near";
      line.dataset.frame = at;
      line.setAttribute("aria-hidden", "true"); // who hears a frame hears its own line
      return line;
    };
    for (const [now, frame] of frames.entries()) {
      const first = Math.max(0, Math.min(now - (NEAR >> 1), lines.length - NEAR));
      const program = document.createElement("div");
      program.className = "show-program";
      frame.prepend(program);
      for (let at = first; at < lines.length && at < first + NEAR; at++) {
        program.append(at === now ? lines[at] : near(at, now));
      }
    }
  };

  let diagram;
  let count = 0;
  /** Add the diagram of states, whose ids are its own. */
  const addStates = async (scene) => {
    diagram ??= fetch(new URL("states.svg", here)).then((answer) => answer.text());
    const markup = (await diagram).replaceAll("-N", `-film-${++count}`);
    scene.append(new DOMParser().parseFromString(markup, "image/svg+xml").documentElement);
  };

  /** Give a film its controls. */
  const begin = (film) => {
    const controls = film.querySelector(".show-controls");
    const frames = [...film.querySelectorAll(".show-frame")];
    const last = frames.length - 1;
    if (last < 1 || controls.firstChild) return;
    addBreaks(film);
    colour(film);
    fill(film);
    addProgram(frames);
    const [back, play, next] = [button("-1", "Back"), button("0", "Play"), button("1", "Next")];
    const slider = document.createElement("input");
    Object.assign(slider, { type: "range", min: 0, max: last, value: 0 });
    slider.setAttribute("aria-label", "Frame of the film");
    const place = document.createElement("span");
    controls.append(back, play, next, place, slider);
    /** The picture that lines.js takes for what this line of the cell showed: that of the frame. */
    const picture = film.parentElement.closest("[data-line]");
    let now = 0;
    let timer = 0;

    const pause = () => {
      clearInterval(timer);
      timer = 0;
      play.textContent = "Play";
    };

    /** Mark on the diagram the ways that the frame says were taken, and where what changed is. */
    const markWays = () => {
      for (const way of film.querySelectorAll(".show-way")) {
        const [, name] = way.getAttribute("class").split(" ");
        const took = frames[now].classList.contains(name.replace("way", "took"));
        way.classList.toggle("show-took", took);
      }
      for (const state of film.querySelectorAll(".show-scene > svg > g")) {
        const [name] = state.getAttribute("class").split(" ");
        const isNow = frames[now].querySelector(`.show-column.${name} table.show-changed`);
        state.classList.toggle("show-present", Boolean(isNow));
      }
    };

    const show = (number) => {
      now = Math.max(0, Math.min(last, number));
      for (const [at, frame] of frames.entries()) frame.classList.toggle("show-now", at === now);
      frames[now].classList.add("show-seen");
      markWays();
      back.setAttribute("aria-disabled", String(now === 0));
      next.setAttribute("aria-disabled", String(now === last));
      if (now === last) pause();
      slider.value = String(now);
      place.textContent = `${now} of ${last}`;
      const said = ".show-line, .show-sent, .show-words, .show-head.show-changed";
      const words = [...frames[now].querySelectorAll(said)];
      slider.setAttribute("aria-valuetext", words.map((each) => each.textContent).join(". "));
    };
    const turn = (number) => {
      if (number === now) return;
      show(number);
      const words = `${place.textContent}: ${slider.getAttribute("aria-valuetext")}`;
      document.dispatchEvent(new CustomEvent("say", { detail: words }));
      const { line } = frames[now].dataset;
      if (line && picture) picture.dataset.line = line;
      film.dispatchEvent(new CustomEvent("line-shown", { bubbles: true, detail: line }));
    };

    controls.addEventListener("click", ({ target }) => {
      if (!(target instanceof HTMLButtonElement)) return;
      const runs = Boolean(timer);
      pause();
      if (target !== play) return turn(now + Number(target.value));
      if (runs) return;
      turn(now === last ? 0 : now + 1);
      if (now === last) return;
      play.textContent = "Pause";
      timer = setInterval(() => (film.isConnected ? turn(now + 1) : pause()), PACE);
    });
    film.addEventListener("click", ({ target }) => {
      const near = target.closest(".show-near");
      if (!near) return;
      pause();
      turn(Number(near.dataset.frame));
    });
    slider.addEventListener("input", () => {
      pause();
      turn(Number(slider.value));
    });
    film.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      const isOther = event.altKey || event.ctrlKey || event.metaKey;
      if (!step || isOther || event.target === slider) return;
      event.preventDefault();
      pause();
      turn(Math.max(0, Math.min(last, now + step)));
    });
    show(0);
    const fold = film.closest("details.hide");
    const come = () => {
      // Not where paper has opened it.
      const isPressed = fold.open && fold.querySelector("summary") === document.activeElement;
      if (isPressed) fold.scrollIntoView({ block: "nearest", behavior: "instant" });
    };
    if (fold) come();
    fold?.addEventListener("toggle", come);
    // Without it (a page that was saved, say) the words of the frames say the way.
    if (film.matches(".show-moves")) {
      addStates(film.querySelector(".show-scene")).then(markWays, () => {});
    }
  };

  const beginAll = (box) => box.querySelectorAll(".show-film").forEach(begin);
  if (!matchMedia("(scripting: enabled)").matches) return; // an older browser shows the list
  beginAll(document);
  document.addEventListener("output-shown", ({ target }) => beginAll(target));
})();
