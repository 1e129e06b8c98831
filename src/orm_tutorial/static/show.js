// Choosing a dialect in one block of tabs chooses it in all of them, on this page and the next.
// Without this script each block works by itself.
(() => {
  "use strict";
  const KEY = "show-dialect";

  /** The stored choice, after storing a value if there is one. */
  function stored(value) {
    try {
      if (value) localStorage.setItem(KEY, value);
      return localStorage.getItem(KEY);
    } catch {
      return null; // storage is off: the choice holds for this page
    }
  }

  function choose(dialect) {
    for (const radio of document.querySelectorAll('.show-dialects > input[type="radio"]')) {
      if (radio.value === dialect) radio.checked = true;
    }
  }

  document.addEventListener("change", (event) => {
    const radio = event.target;
    if (!(radio instanceof HTMLInputElement) || !radio.matches(".show-dialects > input")) return;
    const before = radio.getBoundingClientRect().top;
    choose(radio.value);
    // Blocks above may have changed their height: the one under the reader's eyes stays in place.
    window.scrollBy({ top: radio.getBoundingClientRect().top - before, behavior: "instant" });
    stored(radio.value);
  });

  const chooseAgain = () => choose(stored());
  chooseAgain();
  document.addEventListener("output-shown", chooseAgain); // a cell was run on the page
})();

// A film is turned by a script of its own, film.js, which is loaded when one comes near the screen.
(() => {
  "use strict";
  const here = /** @type {any} */ (document.currentScript).src;
  const near = new IntersectionObserver(
    (entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      near.disconnect();
      const script = document.createElement("script");
      script.src = new URL("film.js", here).href;
      document.head.append(script);
    },
    { rootMargin: "50%" },
  );
  const watch = (box) => box.querySelectorAll(".show-film").forEach((film) => near.observe(film));
  watch(document);
  document.addEventListener("output-shown", ({ target }) => watch(target));
})();
