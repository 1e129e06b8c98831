// Turns each fold of the page: what was open is shut, what was shut is open.
() => {
  for (const fold of document.querySelectorAll("details")) fold.open = !fold.open;
}
