// Cells with code and output side by side, as on a page that has some: a line is cut off, an output
// is out of its column or below the code, or columns are there in a window with no room for them.
() => {
  document.querySelector(".page")?.classList.add("wide");
  const found = [];
  if (WINDOW.scrollWidth > WINDOW.clientWidth) found.push("the page scrolls sideways");
  for (const cell of visible(".beside")) {
    const code = cell.querySelector(".cell_input");
    const edge = code.getBoundingClientRect().right;
    const hasRoom = innerWidth >= (cell.matches(".beside-early") ? 1440 : 1680);
    for (const part of cell.querySelectorAll(":scope > :is(.cell_output, .predict)")) {
      if (!seen(part)) continue;
      const isBeside = part.getBoundingClientRect().left >= edge - 1;
      if (isBeside !== hasRoom)
        found.push(`${hasRoom ? "below" : "beside"} its code: ${named(part)}`);
      if (part.scrollWidth > part.clientWidth) found.push(`out of its column: ${named(part)}`);
    }
    for (const pre of code.querySelectorAll("pre")) {
      if (hasRoom && pre.scrollWidth > pre.clientWidth) found.push(`a line is cut: ${named(pre)}`);
    }
  }
  return found;
};
