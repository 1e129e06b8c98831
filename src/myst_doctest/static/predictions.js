// Predictions: each reader has the options in an order of his own, and a choice shows the output.
// log-panels.js loads this script when a prediction comes near. Without it all is in folds.
(() => {
  "use strict";
  const KEY = "myst-doctest-order";

  /** One of a thousand orders, which says nothing of who has it. */
  const order = () => {
    const drawn = String(Math.floor(Math.random() * 1000));
    try {
      const kept = localStorage.getItem(KEY) ?? drawn;
      localStorage.setItem(KEY, kept);
      return kept;
    } catch {
      return drawn; // storage is off: it holds until the next load
    }
  };

  const rank = (text) => {
    let hash = 0x811c9dc5;
    for (const character of text) hash = Math.imul(hash ^ character.codePointAt(0), 0x01000193);
    return Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d) >>> 0;
  };

  for (const box of document.querySelectorAll(".predict")) {
    const said = document.createElement("p");
    said.className = "predict-said";
    said.setAttribute("role", "status");
    box.append(said);
  }
  const unseen = new CSSStyleSheet();
  unseen.replaceSync(
    ".predict > .predict-said { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }",
  );
  document.adoptedStyleSheets.push(unseen);

  const mine = order();
  const isSeen = (list) => {
    const { top, bottom } = list.getBoundingClientRect();
    return bottom > 0 && top < innerHeight;
  };
  for (const list of document.querySelectorAll(".predict > ul")) {
    // It would lose the focus, or change under the reader's eyes.
    if (list.contains(document.activeElement) || isSeen(list)) continue;
    const place = ({ textContent }) => rank(mine + location.pathname + textContent);
    list.append(...[...list.children].sort((one, other) => place(one) - place(other)));
  }

  const fold = (cell) => cell?.querySelector(".asked");

  /** Show the output below an option that a reader opens, and say what he would see. */
  const choose = (option) => {
    const box = option.closest(".predict");
    const output = fold(box.parentElement);
    const words = [...option.querySelectorAll("summary ~ *")].map((each) => each.textContent);
    if (output && !output.open) {
      output.open = true;
      option.dataset.first = ""; // it was predicted: what is opened later is only read
      box.dispatchEvent(new CustomEvent("prediction-made", { bubbles: true }));
      words.push("The output is shown below.");
    }
    box.querySelector(".predict-said").textContent = words.join(" ");
  };

  document.addEventListener("click", ({ target }) => {
    const option = /** @type {Element} */ (target).closest(".predict summary")?.parentElement;
    if (option && !option.open) choose(option);
  });
  // A choice that was made before this script was there.
  for (const made of document.querySelectorAll(".predict details[open]")) choose(made);

  const titled = (variant) =>
    document.querySelector(`.variant-choice > [data-variant="${variant}"]`)?.textContent;
  /** Say what a question is about where the output below it is that of another variant. */
  const name = () => {
    const { variant } = document.documentElement.dataset;
    for (const title of document.querySelectorAll(".predict-title")) {
      const isOther = title.closest(".cell").querySelector(`.variant[data-variant="${variant}"]`);
      const about = ` what happens on ${titled("main")}; below is what happens on ${titled(variant)}`;
      title.firstChild.data = `Predict${isOther ? about : ""}`; // others may add to the title
    }
  };
  name();
  document.addEventListener("variant-chosen", name);

  /** Who follows a link to a cell wants to see what it shows. */
  const arrive = () => {
    const output = fold(document.querySelector(".cell:target"));
    if (output) output.open = true;
  };
  arrive();
  addEventListener("hashchange", arrive);
})();
