// Controls and marks that are gone where the reader's system chooses the colours.
() => {
  const found = [];
  const backs = new Map();
  for (const control of visible(STOPS)) {
    if (control.matches("pre, [role=region], [role=group]")) continue; // boxes of text
    const parts = [control, ...(control.labels ?? []), ...around(control)];
    if (!parts.some(told)) found.push(`cannot be seen in forced colours: ${named(control)}`);
  }
  for (const lane of visible("[class*='lane-']:not(a)")) {
    const pictures = ["", "::before", "::after"].map(
      (part) => getComputedStyle(lane, part).backgroundImage,
    );
    if (pictures.every((each) => each === "none")) found.push(`a lost lane: ${named(lane)}`);
  }
  return found;

  /** Words, an edge, or a picture in a colour that stands out; a native control draws itself. */
  function told(part) {
    const style = getComputedStyle(part);
    const back = behind(part, true, backs);
    const stands = (color, least) => /^rgb/.test(color) && contrast(channels(color), back) >= least;
    const edge = parseFloat(style.borderTopWidth) >= 1 && style.borderTopStyle !== "none";
    const drawn =
      part.matches("input[type=checkbox], input[type=radio]") &&
      style.appearance !== "none" &&
      style.opacity !== "0";
    return (
      drawn ||
      (edge && stands(style.borderTopColor, 3)) ||
      (words(part) && stands(style.color, 4.5)) ||
      [...part.querySelectorAll("svg")].some(
        (picture) =>
          seen(picture) &&
          ["color", "fill", "stroke"].some((name) => stands(getComputedStyle(picture)[name], 3)),
      )
    );
  }

  /** What is drawn beside a control that lies over it. */
  function around(control) {
    return control.matches("input") ? [control.parentElement] : [];
  }

  function words(part) {
    return part.innerText?.trim() || part.value || part.placeholder;
  }
};
