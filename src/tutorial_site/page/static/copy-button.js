// A button to each piece of code that copies it: the code alone, or what the reader made of it.
(() => {
  "use strict";
  const SHOWN = 2000; // ms; so long the button tells what became of the press

  /** The code of a printed block; of a session with prompts, what was typed. */
  const printed = (pre) => {
    const prompts = new Set([...pre.querySelectorAll(".gp")].map((each) => each.textContent));
    const lines = pre.textContent.replace(/\n$/, "").split("\n");
    if (!prompts.size) return lines.join("\n");
    const typed = lines.flatMap((line) => {
      const prompt = [...prompts].find((each) => `${line} `.startsWith(each));
      return prompt ? [line.slice(prompt.length)] : [];
    });
    return typed.join("\n");
  };

  /** Where there is no Clipboard API, as on a host without https, or where it is not allowed. */
  const copyByHand = (text) => {
    const look = { className: "visually-hidden", value: text };
    const area = Object.assign(document.createElement("textarea"), look);
    /** @type {any} */
    const before = document.activeElement;
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    before?.focus({ preventScroll: true });
    return done;
  };

  /** Copy a text; returns whether it is copied. */
  const copy = async (text) => {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      return copyByHand(text);
    }
  };

  /** What the build calls a cell: "cell session-new"; the row of a live cell has it too. */
  const called = (cell) => {
    const row = cell.querySelector(".live-tools");
    const output = cell.querySelector('[aria-label^="Output of "]');
    if (!row?.dataset.cell) return output?.getAttribute("aria-label").slice("Output of ".length);
    return `cell ${row.querySelector("a.live-name")?.textContent ?? Number(row.dataset.cell) + 1}`;
  };

  /** A button that copies what a cell's reader has now, or else what is printed. */
  const made = (whose, cell, print) => {
    const look = { type: "button", className: "copy" };
    const button = Object.assign(document.createElement("button"), look);
    const tell = (word) => {
      button.textContent = word;
      button.setAttribute("aria-label", `${word} ${whose}`);
    };
    tell("Copy");
    let timer = 0;
    button.addEventListener("click", async () => {
      // A live cell gives the code that is in its editor now.
      const detail = { code: null };
      cell?.dispatchEvent(new CustomEvent("code-asked", { detail }));
      const done = await copy(detail.code ?? print());
      tell(done ? "Copied" : "Not copied");
      const failed = "The browser doesn’t copy. Select the code instead.";
      const words = done ? `Copied ${whose}.` : failed;
      document.dispatchEvent(new CustomEvent("say", { detail: words }));
      clearTimeout(timer);
      timer = setTimeout(tell, SHOWN, "Copy");
    });
    return button;
  };

  const offer = (block) => {
    const box = block.closest(".cell_input");
    const cell = block.closest(".cell");
    const name = box && called(cell);
    const whose = name ? `the code of ${name}` : "this code";
    if (name) box.dataset.name = name; // for who else has to name the code
    // A cell may have other code on a variant: what is copied is what the reader sees.
    const shown = () =>
      [...(box ?? block).querySelectorAll("pre")].find((e) => e.checkVisibility());
    const button = made(whose, cell, () => printed(shown() ?? block.querySelector("pre")));
    const row = box?.parentElement.querySelector(":scope > .live-tools");
    if (row) row.insertBefore(button, row.querySelector('[data-act="more"]'));
    else if (box) box.after(button);
    else block.prepend(button); // it is above the code
  };

  const blocks = 'article div[class*="highlight-"]:not(.variant *)';
  for (const block of document.querySelectorAll(blocks)) offer(block);

  // A cell's name is a link to it; a press also copies its address.
  document.addEventListener("click", async ({ target }) => {
    const link = /** @type {Element} */ (target).closest("a.live-name");
    if (!(link instanceof HTMLAnchorElement) || !(await copy(link.href))) return;
    link.dataset.copied = "";
    setTimeout(() => delete link.dataset.copied, SHOWN);
    const words = `Copied the link to ${link.hash.slice(1)}.`;
    document.dispatchEvent(new CustomEvent("say", { detail: words }));
  });

  // A cell that the reader has opened beside the book's own.
  document.addEventListener("cell-opened", ({ target, detail }) => {
    const cell = /** @type {Element} */ (target);
    const row = cell.querySelector(".live-tools");
    const copy = made(`the code of ${detail}`, cell, () => "");
    row.insertBefore(copy, row.querySelector('[data-act="more"]'));
  });
})();
