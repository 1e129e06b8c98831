// A table of the text that is wider than its place: on a desk, its last column would not be seen.
() =>
  visible(".table-wrapper")
    .filter((box) => box.scrollWidth > box.clientWidth)
    .map((box) => `${box.scrollWidth - box.clientWidth} pixels are out of view: ${named(box)}`);
