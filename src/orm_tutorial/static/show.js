// Choosing a dialect in one block of tabs chooses it in all of them, on this page and the next.
// Without this script each block works by itself.
(() => {
  "use strict";
  const KEY = "show-dialect";

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
    try {
      localStorage.setItem(KEY, radio.value);
    } catch {
      // Storage is off: the choice holds for this page.
    }
  });

  function chooseAgain() {
    try {
      choose(localStorage.getItem(KEY));
    } catch {
      // Storage is off: each block shows its first tab.
    }
  }
  chooseAgain();
  document.addEventListener("output-shown", chooseAgain); // a cell was run on the page
})();
