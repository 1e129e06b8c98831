// On the pages of errors and on the list of messages: the fold below an address is opened, and a
// field above the lists leaves those with the words typed or pasted; of a whole message, those that
// share most of its words. Without this script all are there, and folds open by a press.
(() => {
  "use strict";
  const openTarget = () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const fold = target?.querySelector(":scope > details");
    if (fold) fold.open = true;
  };
  addEventListener("hashchange", openTarget);
  openTarget();

  const lists = [...document.querySelectorAll(".symptoms, .messages")];
  const before = lists[0]?.closest("section"); // what is filtered is below this
  if (!before) return;

  const plain = (text) => text.toLowerCase().replace(/[^\w+]+/g, " ");
  const groups = lists.map((list) => {
    const section = list.closest("section");
    const title = list.matches(".messages") ? plain(section.firstElementChild.textContent) : "";
    const name = title.split(" ")[0];
    const items = [...list.children].map((item) => {
      const text = ` ${title} ${plain(item.textContent)} `;
      return { item, text, size: new Set(text.trim().split(" ")).size };
    });
    const fold = list.closest("details");
    return { section, items, name, fold, count: fold?.querySelector("summary") };
  });

  const label = document.createElement("label");
  const field = document.createElement("input");
  const found = document.createElement("p");
  label.className = "message-filter";
  Object.assign(field, { type: "search", autocomplete: "off", spellcheck: false });
  field.placeholder = "Your message, a class or a word";
  found.setAttribute("role", "status");
  label.append("Filter these lists", field);
  before.before(label, found);

  // The class of a message that was pasted as Python prints it, perhaps below its traceback.
  const raised = (value) =>
    [...value.matchAll(/(?:^|[\s.])(\w+):(?=\s)/g)]
      .map(([, word]) => groups.find(({ name }) => name === word.toLowerCase())?.name)
      .find(Boolean);

  const filter = () => {
    const words = new Set(plain(field.value).split(" ").filter(Boolean));
    const name = raised(field.value);
    const all = groups.flatMap(({ items }) => items);
    const ofClass = groups.filter((group) => !name || group.name === name);
    const possible = new Set(ofClass.flatMap(({ items }) => items));
    // "me", from an address in a message, is in "customer": a whole word counts twice.
    const shared = ({ text }) =>
      [...words].flatMap((word) => [word, ` ${word} `]).filter((each) => text.includes(each))
        .length;
    const most = Math.max(...[...possible].map(shared));
    // Any two messages share some words: one whose class isn't here must not lead to another.
    const [said] = field.value.split(/\[SQL:|\(Background on/);
    const own = new Set(plain(said).split(" ").filter(Boolean));
    const isNear = ({ text, size }) => {
      const both = [...own].filter((word) => text.includes(word.length < 4 ? ` ${word} ` : word));
      return name || words.size < 8 || both.length * 2 > Math.min(own.size, size);
    };
    const isBest = (each) =>
      possible.has(each) && most > 0 && shared(each) === most && isNear(each);
    const kept = new Set(words.size ? all.filter(isBest) : all);
    const isShown = (each) => kept.has(each);
    for (const { section, items, fold, count } of groups) {
      for (const each of items) each.item.hidden = !isShown(each);
      const left = items.filter(isShown).length;
      section.hidden = !left;
      if (!fold) continue;
      fold.open = words.size > 0;
      const whole = `${items.length} message${items.length > 1 ? "s" : ""}`;
      count.textContent = left < items.length ? `${left} of ${whole}` : whole;
    }
    // What is around sections that have nothing left goes with them.
    for (const { section } of groups) {
      const around = section.parentElement.closest("section");
      const below = [...around.querySelectorAll(":scope > section")];
      if (around.parentElement.closest("section")) around.hidden = below.every((e) => e.hidden);
    }
    for (const link of document.querySelectorAll(".toc-tree a[href^='#']")) {
      const section = document.getElementById(link.hash.slice(1));
      if (section) link.parentElement.hidden = section.hidden;
    }
    found.textContent = !words.size
      ? ""
      : kept.size
        ? `${kept.size} of ${all.length}`
        : "Nothing like this is here. The search also looks in the chapters.";
    const [explained] = field.value.match(/https:\/\/sqlalche\.me\/e\/\w+\/\w+/) ?? [];
    if (!kept.size && explained) {
      const link = document.createElement("a");
      Object.assign(link, { href: explained, textContent: explained });
      found.append(" SQLAlchemy explains your message: ", link);
    }
  };
  field.addEventListener("input", filter);
  if (field.value) filter(); // what the browser kept from before
})();
