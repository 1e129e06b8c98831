// A film is a list of frames: buttons, a slider and the arrow keys show one at a time.
(() => {
  "use strict";
  const PACE = 2000; // ms, in which a line and what it did can be read

  // Here, and not in show.css, which is in each page's first view.
  const look = new CSSStyleSheet();
  look.replaceSync(`
    .show-controls button { font: inherit; min-width: 24px; min-height: 24px; padding: 0 0.6em; color: inherit; background: none; border: 1px solid var(--show-line); border-radius: 0.25rem; cursor: pointer; }
    .show-controls button[aria-disabled="true"] { opacity: 0.55; cursor: default; }
    .show-controls input { color: inherit; flex: 1 1 6rem; min-width: 0; max-width: 16rem; min-height: 24px; margin: 0; accent-color: var(--color-brand-content, Highlight); }
  `);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, look];

  const button = (act, words) => {
    const made = document.createElement("button");
    return Object.assign(made, { type: "button", value: act, textContent: words });
  };

  /** Give a film its controls. */
  const begin = (film) => {
    const controls = film.querySelector(".show-controls");
    const frames = [...film.querySelectorAll(".show-frame")];
    const last = frames.length - 1;
    if (last < 1 || controls.firstChild) return;
    const [back, play, next] = [button("-1", "Back"), button("0", "Play"), button("1", "Next")];
    const slider = document.createElement("input");
    Object.assign(slider, { type: "range", min: 0, max: last, value: 0 });
    slider.setAttribute("aria-label", "Frame of the film");
    const place = document.createElement("span");
    controls.append(back, play, next, slider, place);
    let now = 0;
    let timer = 0;

    const pause = () => {
      clearInterval(timer);
      timer = 0;
      play.textContent = "Play";
    };

    const show = (number) => {
      now = Math.max(0, Math.min(last, number));
      for (const [at, frame] of frames.entries()) frame.classList.toggle("show-now", at === now);
      for (const way of film.querySelectorAll(".show-way")) {
        const [, name] = way.getAttribute("class").split(" ");
        const took = frames[now].classList.contains(name.replace("way", "took"));
        way.classList.toggle("show-took", took);
      }
      back.setAttribute("aria-disabled", String(now === 0));
      next.setAttribute("aria-disabled", String(now === last));
      if (now === last) pause();
      slider.value = String(now);
      place.textContent = `${now} of ${last}`;
      const words = [...frames[now].querySelectorAll(".show-line, .show-sent, .show-words")];
      return words.map((each) => each.textContent.trim()).join(". ");
    };
    const turn = (number) => {
      if (number === now) return;
      const words = show(number);
      slider.setAttribute("aria-valuetext", words);
      document.dispatchEvent(new CustomEvent("say", { detail: `${place.textContent}: ${words}` }));
    };

    controls.addEventListener("click", ({ target }) => {
      if (!(target instanceof HTMLButtonElement)) return;
      const runs = Boolean(timer);
      pause();
      if (target !== play) return turn(now + Number(target.value));
      if (runs) return;
      turn(now === last ? 0 : now + 1);
      play.textContent = "Pause";
      timer = setInterval(() => (film.isConnected ? turn(now + 1) : pause()), PACE);
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
      turn(now + step);
    });
    show(0);
  };

  const beginAll = (box) => box.querySelectorAll(".show-film").forEach(begin);
  if (!matchMedia("(scripting: enabled)").matches) return; // an older browser shows the list
  beginAll(document);
  document.addEventListener("output-shown", ({ target }) => beginAll(target));
})();
