(() => {
  "use strict";
  const menu = document.querySelector(".page-menu details");
  if (!menu) return;
  const add = (name, parent) => parent.appendChild(document.createElement(name));
  const item = add("li", menu.lastChild);
  const button = add("button", item);
  const said = add("output", item);
  button.textContent = "Copy as Markdown";
  button.onclick = async () => {
    said.textContent = "";
    const text = fetch(menu.querySelector('[href$=".md"]').href).then((answer) =>
      answer.ok ? answer.text() : Promise.reject(),
    );
    try {
      // A promise: Safari forgets the click meanwhile.
      await navigator.clipboard.write([new ClipboardItem({ "text/plain": text })]);
      said.textContent = "Copied";
    } catch {
      said.textContent = "Not copied: open the Markdown";
    }
  };
  const close = (event) => {
    if (event.key === "Escape") menu.firstChild.focus();
    else if (menu.contains(event.target)) return;
    menu.open = false;
  };
  menu.onkeydown = close;
  addEventListener("click", close);
})();
