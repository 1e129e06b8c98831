// A chapter that was shown to its end gets a tick on the first page. What was read is kept in the
// browser, and sent nowhere.
(() => {
  "use strict";
  const KEY = "chapters-read";
  const end = document.querySelector(".related-pages");
  const read = () => new Set(JSON.parse(localStorage.getItem(KEY) ?? "[]"));
  const path = (address) => new URL(address, location.href).pathname;
  try {
    for (const link of document.querySelectorAll(".chapters a"))
      link.closest("li").classList.toggle("read", read().has(path(link.href)));
    if (end)
      new IntersectionObserver(([{ isIntersecting }]) => {
        if (isIntersecting) localStorage.setItem(KEY, JSON.stringify([...read().add(path(""))]));
      }).observe(end);
  } catch {} // a browser that keeps nothing
})();
