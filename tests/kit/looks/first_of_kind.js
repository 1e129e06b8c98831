// Leaves, of all that is of the same tags, classes and roles inside of the same ones, the first
// alone, and what another element names by its id.
() => {
  const kinds = new Map(); // the number of each kind, by the kind around it and its own names
  const referring = [
    ...["for", "popovertarget", "aria-controls", "aria-describedby", "aria-details"],
    ...["aria-labelledby", "aria-owns"],
  ];
  const named = referring.flatMap((name) =>
    [...document.querySelectorAll(`[${name}]`)].map((each) => each.getAttribute(name).split(" ")),
  );
  const ids = new Set(named.flat());
  const isNeeded = (element, around) => {
    const own = ["class", "role"].map((name) => element.getAttribute(name));
    const names = [around, element.localName, ...own].join();
    const isFirst = !kinds.has(names);
    if (isFirst) kinds.set(names, kinds.size);
    const needed = [...element.children].map((each) => isNeeded(each, kinds.get(names)));
    if (isFirst || ids.has(element.id) || needed.includes(true)) return true;
    element.remove();
    return false;
  };
  isNeeded(document.body, 0);
};
