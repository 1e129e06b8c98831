// What has other colours now than when this look was taken last, without a theme; then the theme
// that the reader chose is set. Without one, it is that of the system, and colours are noted.
(chosen) => {
  const all = [...document.querySelectorAll("html, body, body *")];
  const { theme } = document.body.dataset;
  if (chosen) document.body.dataset.theme = chosen;
  const found = all.map((each) => {
    const { color, backgroundColor, borderTopColor, fill, stroke } = getComputedStyle(each);
    return [color, backgroundColor, borderTopColor, fill, stroke].join();
  });
  document.body.dataset.theme = theme;
  const noted = globalThis.coloursNoted;
  if (!chosen) globalThis.coloursNoted = found;
  return chosen ? all.filter((_, at) => found[at] !== noted[at]).map(named) : [];
};
